//! OpenAI Responses.

use serde_json::{Value, json};

use super::script::{Call, Refusal, Request, Role, Turn, flat};

pub(super) fn request(body: &Value) -> Request {
    let input = body["input"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut offers_tools = body["tools"].as_array().is_some_and(|tools| !tools.is_empty());
    let mut said = Vec::new();
    for item in input {
        let kind = item["type"].as_str().unwrap_or("message");
        let role = match (kind, item["role"].as_str()) {
            ("message", Some("user")) => Role::Person,
            ("message", Some("assistant")) => Role::Model,
            ("additional_tools", _) => {
                offers_tools = true;
                Role::Other
            }
            ("message", _) => Role::Other,
            (kind, _) if kind.ends_with("_output") => Role::Other,
            // Calls and thoughts.
            _ => Role::Model,
        };
        said.push((role, flat(item)));
    }
    Request { model: body["model"].as_str().unwrap_or_default().to_owned(), said, offers_tools }
}

fn call(call: &Call) -> (&'static str, Value) {
    match call {
        // The model that the tests name is offered no tool for files.
        Call::Write { path, content } => {
            ("exec_command", json!({"cmd": format!("cat > '{path}' <<'END'\n{}\nEND", content.trim_end())}))
        }
        Call::Shell(command) => ("exec_command", json!({ "cmd": command })),
        Call::Unusual(command) => (
            "exec_command",
            json!({"cmd": command, "sandbox_permissions": "require_escalated",
                "justification": "The test wants it"}),
        ),
        Call::Ask(questions) => {
            let questions = questions.iter().enumerate().map(|(at, (question, options))| {
                let options: Vec<_> =
                    options.iter().map(|label| json!({"label": label, "description": label})).collect();
                json!({"id": format!("choice{at}"), "header": "Choice", "question": question,
                    "options": options})
            });
            ("request_user_input", json!({ "questions": questions.collect::<Vec<_>>() }))
        }
        Call::Delegate(_) => panic!("no test has this program delegate"),
    }
}

/// The events of an answer, by name; a turn that is cut ends in the middle of its text.
pub(super) fn events(turn: &Turn, model: &str, id: &str) -> Vec<(&'static str, Value)> {
    let part = json!({"type": "output_text", "text": turn.text, "annotations": []});
    let mut output = vec![json!({"type": "message", "id": format!("msg_{id}"), "role": "assistant",
        "status": "completed", "content": [part]})];
    for (place, wanted) in turn.calls.iter().enumerate() {
        let (name, input) = call(wanted);
        output.push(json!({"type": "function_call", "id": format!("fc_{id}{place}"),
            "call_id": format!("call_{id}{place}"), "name": name, "arguments": input.to_string(),
            "status": "completed"}));
    }
    let tokens = turn.tokens;
    let usage = json!({"input_tokens": tokens.input + tokens.cached,
        "input_tokens_details": {"cached_tokens": tokens.cached}, "output_tokens": tokens.output,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": tokens.input + tokens.cached + tokens.output});
    let response = |status: &str, output: &[Value], usage: Value| {
        json!({"id": format!("resp_{id}"), "object": "response", "model": model, "status": status,
            "output": output, "usage": usage, "error": null, "incomplete_details": null})
    };
    let mut events =
        vec![("response.created", json!({"response": response("in_progress", &[], Value::Null)}))];
    for (index, item) in output.iter().enumerate() {
        events.push(("response.output_item.added", json!({"output_index": index, "item": item})));
        if index == 0 {
            events.push((
                "response.output_text.delta",
                json!({"item_id": item["id"], "output_index": 0, "content_index": 0, "delta": turn.text}),
            ));
            if turn.cut {
                break;
            }
        }
        events.push(("response.output_item.done", json!({"output_index": index, "item": item})));
    }
    if !turn.cut {
        events.push(("response.completed", json!({"response": response("completed", &output, usage)})));
    }
    for (number, (name, event)) in events.iter_mut().enumerate() {
        event["type"] = (*name).into();
        event["sequence_number"] = number.into();
    }
    events
}

pub(super) fn refusal(refusal: Refusal) -> (u16, Vec<(&'static str, String)>, Value) {
    match refusal {
        Refusal::Login => {
            let error = json!({"type": "invalid_request_error", "code": "invalid_api_key",
                "message": "Incorrect API key provided."});
            (401, Vec::new(), json!({ "error": error }))
        }
        Refusal::Limit { until } => (
            429,
            vec![
                ("x-codex-primary-used-percent", "100".to_owned()),
                ("x-codex-primary-window-minutes", "300".to_owned()),
                ("x-codex-primary-reset-at", until.to_string()),
            ],
            json!({"error": {"type": "usage_limit_reached", "message": "The usage limit has been reached",
                "plan_type": "plus", "resets_at": until}}),
        ),
    }
}
