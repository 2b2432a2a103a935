//! The endpoint's door: requests in, streams out.

use std::convert::Infallible;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http_body_util::channel::Channel;
use http_body_util::{BodyExt, Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, header};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};

use super::script::Turn;
use super::{Served, Stage, Wire, anthropic, responses};

type Body = Either<Full<Bytes>, Channel<Bytes, std::io::Error>>;

/// Serves until `ended` resolves. Connections that are open then are dropped.
pub(super) async fn serve(
    listener: TcpListener,
    stage: Arc<Stage>,
    ended: tokio::sync::oneshot::Receiver<()>,
) {
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    let accept = async {
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            let stage = Arc::clone(&stage);
            tokio::spawn(async move {
                let service = service_fn(|request| answer(Arc::clone(&stage), request));
                // A program that hangs up, or is hung up on by a cut, is part of the play.
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    };
    tokio::select! {
        () = accept => {}
        _ = ended => {}
    }
}

async fn answer(stage: Arc<Stage>, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    let path = request.uri().path().to_owned();
    let bytes = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let body: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    let wire = match path.as_str() {
        "/v1/messages" => Wire::Anthropic,
        "/v1/responses" => Wire::Responses,
        "/v1/messages/count_tokens" => return Ok(whole(200, &[], &json!({"input_tokens": 1}))),
        _ => {
            return Ok(whole(
                404,
                &[],
                &json!({"error": {"message": "not found", "type": "not_found_error"}}),
            ));
        }
    };
    Ok(play(stage, wire, &body).await)
}

async fn play(stage: Arc<Stage>, wire: Wire, body: &Value) -> Response<Body> {
    let request = match wire {
        Wire::Anthropic => anthropic::request(body),
        Wire::Responses => responses::request(body),
    };
    let (script, number) = request.place();
    let side = !request.offers_tools;
    let turn = if side {
        Turn::say("A title")
    } else {
        let turns = stage.scripts.get(&script).map(Vec::as_slice).unwrap_or_default();
        turns.get(number).cloned().unwrap_or_else(|| Turn::say("There is nothing more to do."))
    };
    let last = request.last();
    let place = stage.record(Served { wire, script, turn: number, side, tokens: None, last });
    if let Some(gate) = turn.gate {
        stage.pass(gate).await;
    }
    tokio::time::sleep(turn.delay).await;
    if let Some(refused) = turn.refusal {
        let (status, headers, body) = match wire {
            Wire::Anthropic => anthropic::refusal(refused),
            Wire::Responses => responses::refusal(refused),
        };
        return whole(status, &headers, &body);
    }
    // Ids must differ between programs and runs, for what is counted by them.
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let id = format!("{:x}{:x}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    if body["stream"] != true {
        // Only side requests are made without a stream, and only in one format.
        stage.used(place, turn.tokens);
        return whole(200, &[], &once(&turn, &request.model, &id));
    }
    let events = match wire {
        Wire::Anthropic => anthropic::events(&turn, &request.model, &id),
        Wire::Responses => responses::events(&turn, &request.model, &id),
    };
    let (mut sender, channel) = Channel::new(16);
    tokio::spawn(async move {
        for (name, event) in events {
            let text = format!("event: {name}\ndata: {event}\n\n");
            if sender.send_data(Bytes::from(text)).await.is_err() {
                return;
            }
        }
        if turn.cut {
            // What was sent must be on its way before the line goes dead.
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            sender.abort(std::io::ErrorKind::ConnectionReset.into());
        } else {
            stage.used(place, turn.tokens);
        }
    });
    let stream = Response::builder()
        .header(header::CONTENT_TYPE, "text/event-stream")
        .header(header::CACHE_CONTROL, "no-cache")
        .body(Either::Right(channel));
    stream.unwrap()
}

fn once(turn: &Turn, model: &str, id: &str) -> Value {
    json!({"id": format!("msg_{id}"), "type": "message", "role": "assistant", "model": model,
        "content": [{"type": "text", "text": turn.text}], "stop_reason": "end_turn", "stop_sequence": null,
        "usage": {"input_tokens": turn.tokens.input, "output_tokens": turn.tokens.output}})
}

fn whole(status: u16, headers: &[(&'static str, String)], body: &Value) -> Response<Body> {
    let mut response = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        response = response.header(*name, value);
    }
    response.body(Either::Left(Full::new(Bytes::from(body.to_string())))).unwrap()
}
