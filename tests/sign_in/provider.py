"""A tiny OpenID Connect provider on this machine: it signs people in without asking, as whoever the test says."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class TinyProvider:
    """`claims` is what it says about whoever comes; `spoilt` what it gets wrong on purpose."""

    client_id: str = "throughline"
    client_secret: str = "a secret between the two"
    claims: dict[str, Any] = field(default_factory=dict)
    spoilt: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    issuer: str = ""

    def __enter__(self) -> TinyProvider:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider._answer(self, {})

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                provider._answer(self, parse_qs(self.rfile.read(length).decode()))

            def log_message(self, *words: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler, form: dict[str, list[str]]) -> None:
        url = urlsplit(handler.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        self.asked.append(url.path)
        if url.path == "/authorize":
            self._send_back(handler, query)
            return
        status, body = {
            "/.well-known/openid-configuration": lambda: (200, self._discovery()),
            "/jwks": lambda: (200, {"keys": [self._public_key()]}),
            "/token": lambda: self._token({key: values[0] for key, values in form.items()}),
            "/userinfo": lambda: self._userinfo(handler.headers.get("Authorization", "")),
        }[url.path]()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        handler.wfile.write(json.dumps(body).encode())

    def _discovery(self) -> dict[str, Any]:
        paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo"}
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks"} | {
            name: f"{self.issuer}/{path}" for name, path in paths.items()
        }

    def _public_key(self) -> dict[str, Any]:
        key: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
        return key | {"kid": "one", "use": "sig", "alg": "RS256"}

    def _send_back(self, handler: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        assert query["client_id"] == self.client_id
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe()
        self.codes[code] = query
        said = self.spoilt.get("back") or {"code": code, "state": query["state"]}
        handler.send_response(302)
        handler.send_header("Location", f"{query['redirect_uri']}?{urlencode(said)}")
        handler.end_headers()

    def _token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        query = self.codes.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        if (
            query is None
            or form.get("client_secret") != self.client_secret
            or form.get("redirect_uri") != query["redirect_uri"]
            or challenge != query["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": self.client_id, "iat": now, "exp": now + 60, "sub": "u-1"} | self.claims
        token = jwt.encode(claims | self.spoilt.get("token", {}), KEY, algorithm="RS256", headers={"kid": "one"})
        return 200, {"access_token": "let me see", "token_type": "Bearer", "expires_in": 60, "id_token": token}

    def _userinfo(self, authorization: str) -> tuple[int, dict[str, Any]]:
        if authorization != "Bearer let me see":
            return 401, {}
        return 200, {"sub": "u-1"} | self.claims
