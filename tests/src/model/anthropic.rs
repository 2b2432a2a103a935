//! Anthropic Messages.

use serde_json::{Value, json};

use super::script::{Call, Refusal, Request, Role, Turn, flat};

pub(super) fn request(body: &Value) -> Request {
    let messages = body["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let said = messages.iter().map(|message| {
        let content = &message["content"];
        let parts = content.as_array().map(Vec::as_slice).unwrap_or_default();
        let role = match message["role"].as_str() {
            Some("assistant") => Role::Model,
            Some("user") if !parts.iter().any(|part| part["type"] == "tool_result") => Role::Person,
            _ => Role::Other,
        };
        (role, flat(content))
    });
    Request {
        model: body["model"].as_str().unwrap_or_default().to_owned(),
        said: said.collect(),
        offers_tools: body["tools"].as_array().is_some_and(|tools| !tools.is_empty()),
    }
}

fn call(call: &Call) -> (&'static str, Value) {
    match call {
        Call::Write { path, content } => ("Write", json!({"file_path": path, "content": content})),
        Call::Shell(command) | Call::Unusual(command) => {
            ("Bash", json!({"command": command, "description": "Runs a command"}))
        }
        Call::Ask(questions) => {
            let questions = questions.iter().map(|(question, options)| {
                let options: Vec<_> =
                    options.iter().map(|label| json!({"label": label, "description": label})).collect();
                json!({"question": question, "header": "Choice", "options": options, "multiSelect": false})
            });
            ("AskUserQuestion", json!({ "questions": questions.collect::<Vec<_>>() }))
        }
        Call::Delegate(prompt) => (
            "Agent",
            json!({"description": "Helps", "prompt": prompt, "subagent_type": "general-purpose",
                "run_in_background": false}),
        ),
    }
}

/// The events of an answer, by name; a turn that is cut ends after a word.
pub(super) fn events(turn: &Turn, model: &str, id: &str) -> Vec<(&'static str, Value)> {
    let tokens = turn.tokens;
    let usage = |output: u64| {
        json!({"input_tokens": tokens.input, "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": tokens.cached, "output_tokens": output})
    };
    let message = json!({"id": format!("msg_{id}"), "type": "message", "role": "assistant", "model": model,
        "content": [], "stop_reason": null, "stop_sequence": null, "usage": usage(1)});
    let mut events = vec![("message_start", json!({"type": "message_start", "message": message}))];
    let mut block = |index: usize, start: Value, delta: Value, ends: bool| {
        events.push((
            "content_block_start",
            json!({"type": "content_block_start", "index": index, "content_block": start}),
        ));
        events.push((
            "content_block_delta",
            json!({"type": "content_block_delta", "index": index, "delta": delta}),
        ));
        if ends {
            events.push(("content_block_stop", json!({"type": "content_block_stop", "index": index})));
        }
    };
    block(
        0,
        json!({"type": "text", "text": ""}),
        json!({"type": "text_delta", "text": turn.text}),
        !turn.cut,
    );
    if turn.cut {
        return events;
    }
    for (place, wanted) in turn.calls.iter().enumerate() {
        let (name, input) = call(wanted);
        let id = format!("toolu_{id}{place}");
        block(
            place + 1,
            json!({"type": "tool_use", "id": id, "name": name, "input": {}}),
            json!({"type": "input_json_delta", "partial_json": input.to_string()}),
            true,
        );
    }
    let reason = if turn.calls.is_empty() { "end_turn" } else { "tool_use" };
    events.push((
        "message_delta",
        json!({"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": null},
            "usage": usage(tokens.output)}),
    ));
    events.push(("message_stop", json!({"type": "message_stop"})));
    events
}

pub(super) fn refusal(refusal: Refusal) -> (u16, Vec<(&'static str, String)>, Value) {
    let error =
        |kind: &str, message: &str| json!({"type": "error", "error": {"type": kind, "message": message}});
    match refusal {
        Refusal::Login => (401, Vec::new(), error("authentication_error", "invalid x-api-key")),
        Refusal::Limit { until } => (
            429,
            vec![
                ("anthropic-ratelimit-unified-status", "rejected".to_owned()),
                ("anthropic-ratelimit-unified-reset", until.to_string()),
                ("anthropic-ratelimit-unified-representative-claim", "five_hour".to_owned()),
            ],
            error("rate_limit_error", "This request would exceed your account's rate limit."),
        ),
    }
}
