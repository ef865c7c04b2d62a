//! The description of the interface: OpenAPI for programs, a page without anything from elsewhere for people.

use crate::pages::escaped;
use crate::routes;
use std::sync::OnceLock;
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(title = "Lode", description = "Critical-mineral supply security, from trade record to decision. Every number says where it comes from, how good it is and within which band. Answers come from the package named in `snap`; `newest` says how old its newest record is. A request with the header `lode-own-values` is answered with the values of the user's open confidential part."),
    paths(
        routes::get_meta, routes::get_desk, routes::get_chain, routes::get_claims, routes::get_sources, routes::get_source,
        routes::get_record, routes::get_explain, routes::get_assess, routes::get_profile, routes::get_file, routes::brief::get_brief,
        routes::steps::get_steps, routes::steps::post_exposure, routes::steps::get_validation,
        routes::lab::get_scenarios, routes::lab::post_lab_preview, routes::lab::post_lab_run, routes::lab::post_lab_file,
        routes::get_runs, routes::post_run, routes::get_run, routes::delete_run, routes::follow_run, routes::brief::get_kept_brief,
        routes::get_studies, routes::post_study, routes::get_study, routes::put_study, routes::delete_study,
        routes::share_study, routes::get_uploads, routes::post_upload, routes::get_upload, routes::delete_upload,
        routes::get_confidential, routes::post_value, routes::put_value, routes::delete_value, routes::unlock,
        routes::lock, routes::export_values,
    ),
    tags(
        (name = "answers", description = "What the record says"),
        (name = "lab", description = "What if an exporter stops: cases, levers, previews and full runs"),
        (name = "runs", description = "Long runs: started, followed, cancelled, kept"),
        (name = "workspace", description = "Studies and lists of the user"),
        (name = "confidential", description = "Values of the user's own, encrypted"),
    )
)]
struct Interface;

/// The description as JSON.
pub fn document() -> &'static str {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    DOCUMENT.get_or_init(|| Interface::openapi().to_json().unwrap_or_default())
}

/// The description as a page.
pub fn page() -> String {
    let document: serde_json::Value = serde_json::from_str(document()).unwrap_or_default();
    let text = |value: &serde_json::Value| escaped(value.as_str().unwrap_or(""));
    let mut page = String::from(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Lode: interface</title>\n<main>\n<h1>Lode: interface</h1>\n",
    );
    page += &format!(
        "<p>{}</p>\n<p>For programs: <a href=\"/api/openapi.json\">/api/openapi.json</a></p>\n",
        text(&document["info"]["description"])
    );
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    for tag in document["tags"].as_array().cloned().unwrap_or_default() {
        page += &format!("<h2>{}</h2>\n", text(&tag["description"]));
        for (path, methods) in &paths {
            for (method, operation) in methods.as_object().cloned().unwrap_or_default() {
                if operation["tags"][0] != tag["name"] {
                    continue;
                }
                page += &format!("<h3><code>{} {}</code></h3>\n", method.to_uppercase(), escaped(path));
                let about = [text(&operation["summary"]), text(&operation["description"])].join(" ");
                page += &format!("<p>{}</p>\n", about.trim());
                let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
                if !parameters.is_empty() {
                    page += "<ul>\n";
                    for parameter in parameters {
                        let need = if parameter["required"] == true { "" } else { ", may be left out" };
                        let about = text(&parameter["description"]);
                        let colon = if about.is_empty() { "" } else { ": " };
                        page += &format!("<li><code>{}</code>{need}{colon}{about}</li>\n", text(&parameter["name"]));
                    }
                    page += "</ul>\n";
                }
                let answers: Vec<String> = operation["responses"]
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(status, response)| {
                        let content =
                            response["content"].as_object().and_then(|content| content.values().next().cloned());
                        let shape = content.map_or(String::new(), |content| text(&content["schema"]["$ref"]));
                        let shape = shape.rsplit('/').next().unwrap_or("").to_owned();
                        format!("{} {shape}", escaped(status)).trim().to_owned()
                    })
                    .collect();
                page += &format!("<p>Answers: {}</p>\n", answers.join(", "));
            }
        }
    }
    page += "</main>\n</html>\n";
    page
}
