//! A small made-up document, and how to change one thing in it.

use serde_json::{Value, json};

/// A small document that has each kind of thing once.
pub fn document() -> Value {
    json!({
        "security": [{ "bearer": [] }, { "personal": [] }],
        "paths": {
            "/v1/tasks": {
                "get": {
                    "operationId": "list_tasks",
                    "parameters": [
                        { "$ref": "#/components/parameters/Limit" },
                        { "name": "state", "in": "query", "explode": true, "schema": {
                            "type": "array", "items": { "$ref": "#/components/schemas/TaskState" } } }
                    ],
                    "responses": {
                        "200": {
                            "headers": { "ETag": { "$ref": "#/components/headers/ETag" } },
                            "content": { "application/json": { "schema": {
                                "$ref": "#/components/schemas/TaskPage" } } }
                        },
                        "404": { "$ref": "#/components/responses/NotFound" }
                    }
                },
                "post": {
                    "operationId": "create_task",
                    "requestBody": {
                        "x-max-bytes": 1000,
                        "content": { "application/json": { "schema": {
                            "$ref": "#/components/schemas/CreateTaskRequest" } } }
                    },
                    "responses": { "200": { "description": "There already" }, "201": {
                        "content": { "application/json": { "schema": {
                            "$ref": "#/components/schemas/Task" } } } } }
                }
            },
            "/v1/server": { "get": {
                "operationId": "get_server",
                "security": [],
                "responses": { "200": {} }
            } }
        },
        "components": {
            "parameters": { "Limit": { "name": "limit", "in": "query", "schema": {
                "type": "integer", "minimum": 1, "maximum": 200, "default": 50 } } },
            "headers": { "ETag": { "schema": { "type": "string" } } },
            "responses": { "NotFound": { "content": { "application/problem+json": { "schema": {
                "$ref": "#/components/schemas/Problem" } } } } },
            "schemas": {
                "Problem": { "type": "object", "required": ["code"], "properties": {
                    "code": { "type": "string", "x-extensible-enum": ["not_found"] } } },
                "TaskState": { "type": "string", "enum": ["open", "completed"] },
                "TaskPage": { "type": "object", "required": ["data"], "properties": {
                    "data": { "type": "array", "items": { "$ref": "#/components/schemas/Task" } } } },
                "Patient": { "type": "object", "properties": { "name": { "type": "string" } } },
                "Task": { "type": "object", "required": ["title", "due_on"], "properties": {
                    "title": { "type": "string" },
                    "due_on": { "type": ["string", "null"], "format": "date" },
                    "level": { "type": "string", "enum": ["read", "write"] },
                    "patient": { "anyOf": [
                        { "$ref": "#/components/schemas/Patient" }, { "type": "null" }] },
                    "subtasks": { "type": "array", "items": {
                        "$ref": "#/components/schemas/Task" } } } },
                "CreateTaskRequest": { "type": "object", "additionalProperties": false,
                    "required": ["title"], "properties": {
                        "title": { "type": "string", "minLength": 1, "maxLength": 120 },
                        "notes": { "type": ["string", "null"], "pattern": "^a" },
                        "effort": { "type": "number" },
                        "labels": { "type": "array", "maxItems": 5, "items": { "type": "string" } },
                        "state": { "anyOf": [
                            { "$ref": "#/components/schemas/TaskState" }, { "type": "null" }] } } }
            }
        }
    })
}

/// Sets what is at the end of the path, or takes it away if the value is null. `-` adds to a list.
pub fn change(document: &mut Value, path: &str, value: Value) {
    let (parent, key) = path.rsplit_once('/').unwrap();
    let parent = document
        .pointer_mut(parent)
        .unwrap_or_else(|| panic!("{path}"));
    let key = key.replace("~1", "/");
    match parent {
        Value::Array(list) if key == "-" => list.push(value),
        Value::Array(list) if value.is_null() => {
            list.remove(key.parse().unwrap());
        }
        Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
        Value::Object(members) if value.is_null() => {
            members.remove(&key).unwrap_or_else(|| panic!("{path}"));
        }
        Value::Object(members) => {
            members.insert(key, value);
        }
        other => panic!("{path}: {other}"),
    }
}
