//! `GET /v1/server`: what an app learns about a server before a person signs in.

use kith::http::rate_limits::RateLimitSettings;

use kith::features::accounts::RelyingParty;

use crate::harness::TestApp;

#[tokio::test]
async fn a_server_lists_its_features_and_limits() {
    let limits = RateLimitSettings {
        reads_per_minute: 600,
        writes_per_minute: 120,
        invitations_per_hour: 60,
    };
    let app = TestApp::start_as(|parts| {
        parts.limits = limits;
        parts.optional.remove::<RelyingParty>();
    })
    .await;
    let mut server = app.anybody().get("/v1/server").await.is(200);
    assert_eq!(server["version"].take(), env!("CARGO_PKG_VERSION"));
    insta::assert_json_snapshot!(server, @r#"
    {
      "api_versions": [
        "v1"
      ],
      "docs_url": "https://kith.example/docs",
      "features": [
        "signups",
        "sign_in_codes",
        "totp",
        "personal_access_tokens"
      ],
      "languages": [
        "de",
        "en",
        "es"
      ],
      "limits": {
        "default_page_size": 50,
        "invitations_per_hour": 60,
        "max_array_items": 200,
        "max_body_bytes": 65536,
        "max_header_bytes": 16384,
        "max_page_size": 200,
        "max_picture_bytes": 5242880,
        "max_uri_bytes": 8192,
        "min_password_length": 12,
        "reads_per_minute": 600,
        "sign_in_attempts_per_minute": 10,
        "writes_per_minute": 120
      },
      "name": "Kith",
      "openapi_url": "https://kith.example/openapi.json",
      "version": null
    }
    "#);
    for address in ["docs_url", "openapi_url"] {
        let address = server[address].as_str().unwrap();
        let path = address.strip_prefix("https://kith.example").unwrap();
        let status = app.anybody().get(path).await.status;
        assert!(
            status.is_success() || status.is_redirection(),
            "{address}: {status}"
        );
    }
}

#[tokio::test]
async fn a_disabled_feature_is_not_listed_and_a_missing_limit_is_null() {
    let app = TestApp::start_as(|parts| {
        parts.signups_allowed = false;
        parts.tries_per_minute = 0;
        parts.optional.remove::<RelyingParty>();
        parts.cors_origins = vec!["https://app.example.org".parse().unwrap()];
    })
    .await;
    let server = app.anybody().get("/v1/server").await.is(200);
    assert_eq!(
        server["features"],
        serde_json::json!([
            "sign_in_codes",
            "totp",
            "personal_access_tokens",
            "cross_origin"
        ])
    );
    for limit in [
        "sign_in_attempts_per_minute",
        "reads_per_minute",
        "writes_per_minute",
        "invitations_per_hour",
    ] {
        assert!(server["limits"][limit].is_null(), "{limit}");
    }
}
