#!/usr/bin/env python3
"""cloudfake: one loopback-only test double for the four HTTP key services that SOPS uses.

  Vault/OpenBao transit | Azure Key Vault keys (+ Entra / managed-identity token) | GCP KMS REST | AWS KMS JSON

Real AES-256-GCM / RSA-OAEP-256 underneath, so a wrong key, a wrong context or a bit flip really fails.
Three listeners, all on 127.0.0.1: plain HTTP, HTTPS (throw-away CA written to --state), and a CONNECT proxy that
sends the public host names of the clouds to the HTTPS listener and refuses every other name (hermetic).
Faults: POST /_fault {"match":"regex on METHOD host path","kind":"...","n":1,"arg":...}; DELETE /_fault; GET /_log.
Needs: Python >= 3.9 and the PyPI package `cryptography`. Not a product: nothing here protects anything.
"""
import argparse, base64, datetime, hashlib, hmac, http.server, ipaddress, json, os, re, select, socket, ssl, struct
import sys, threading, time, urllib.parse
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

b64, unb64 = lambda b: base64.b64encode(b).decode(), lambda s: base64.b64decode(s, validate=True)
b64u = lambda b: base64.urlsafe_b64encode(b).rstrip(b"=").decode()
def unb64u(s): return base64.urlsafe_b64decode(s + "=" * (-len(s) % 4))

SEED = b"cloudfake-fixed-seed"
PROXIED = re.compile(r"^([a-z0-9-]+\.vault\.azure\.net|login\.microsoftonline\.com|cloudkms\.googleapis\.com|"
                     r"oauth2\.googleapis\.com|(kms|sts)(\.[a-z0-9-]+)?\.amazonaws\.com)$")
LOG, FAULTS, LOCK = [], [], threading.Lock()
RSA_KEYS, CFG = {}, {}

def symkey(*ctx):  # deterministic: a restart can still decrypt what it encrypted
    return hmac.new(SEED, "\0".join(ctx).encode(), hashlib.sha256).digest()
def seal(key, pt, aad=b""):
    n = os.urandom(12)
    return n + AESGCM(key).encrypt(n, pt, aad)
def unseal(key, ct, aad=b""):
    if len(ct) < 28: raise ValueError("short ciphertext")
    return AESGCM(key).decrypt(ct[:12], ct[12:], aad)
def crc32c(data):
    crc = 0xFFFFFFFF
    for b in data:
        crc ^= b
        for _ in range(8): crc = (crc >> 1) ^ (0x82F63B78 & -(crc & 1))
    return crc ^ 0xFFFFFFFF
def rsakey(state, name):
    with LOCK:
        if name not in RSA_KEYS:
            p = os.path.join(state, "azure-" + re.sub(r"\W", "_", name) + ".pem")
            if os.path.exists(p):
                k = serialization.load_pem_private_key(open(p, "rb").read(), None)
            else:
                k = rsa.generate_private_key(public_exponent=65537, key_size=2048)
                with open(os.open(p, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f:
                    f.write(k.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                            serialization.NoEncryption()))
            RSA_KEYS[name] = k
        return RSA_KEYS[name]
OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)

def assertion_fits(text, client, base):
    """A federated token, or a statement that the certificate given by --client has signed (PS256)."""
    if text == "cloudfake-federated": return True
    if not CFG.get("client"): return False
    try:
        head, claims, signature = text.split(".")
        cert = x509.load_pem_x509_certificate(open(CFG["client"], "rb").read())
        cert.public_key().verify(unb64u(signature), f"{head}.{claims}".encode(), padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32), hashes.SHA256())
        h, c = json.loads(unb64u(head)), json.loads(unb64u(claims))
        return (h["alg"] == "PS256" and unb64u(h["x5t#S256"]) == cert.fingerprint(hashes.SHA256()) and c["iss"] == c["sub"] == client
                and c["aud"] == base + "/oauth2/v2.0/token" and c["nbf"] <= time.time() + 60 and c["exp"] > time.time())
    except Exception: return False

class H(http.server.BaseHTTPRequestHandler):
    protocol_version, server_version = "HTTP/1.1", "cloudfake"
    def log_message(self, *a): pass
    def out(self, code, obj=None, headers=(), raw=None, ctype="application/json"):
        body = raw if raw is not None else (b"" if obj is None else json.dumps(obj).encode())
        f = self.fault
        if f and f["kind"] == "truncate": body_sent = body[:len(body) // 2]
        elif f and f["kind"] == "badjson": body = body_sent = b'{"ciphertext": "vault:v1:AAAA", '
        elif f and f["kind"] == "badb64": body = body_sent = re.sub(rb'("(?:plaintext|Plaintext|value)"\s*:\s*")[^"]*', rb'\1!!!not-base64!!!', body)
        elif f and f["kind"] == "wrongkey": body = body_sent = re.sub(rb'("(?:plaintext|Plaintext|value)"\s*:\s*")[^"]*', rb'\1' + b64(b"\x42" * 30 + b"\0\0").encode().rstrip(b"=" if b'"kid"' in body else b""), body)
        elif f and f["kind"] == "shortkey": body = body_sent = re.sub(rb'("(?:plaintext|Plaintext|value)"\s*:\s*")[^"]*', rb'\1' + b64(b"\x42" * 7).encode().rstrip(b"=" if b'"kid"' in body else b""), body)
        elif f and f["kind"] == "huge": body = body_sent = b'{"data":{"plaintext":"' + b"A" * int(f.get("arg") or 64 << 20) + b'"}}'
        else: body_sent = body
        self.send_response(code)
        self.send_header("Content-Type", ctype)
        self.send_header("Content-Length", str(len(body)))
        for k, v in headers: self.send_header(k, v)
        self.end_headers()
        if self.command != "HEAD": self.wfile.write(body_sent)
        if body_sent is not body: self.close_connection = True
    def handle_any(self):
        n = int(self.headers.get("Content-Length") or 0)
        if n > 1 << 26: return self.send_error(413)
        self.body = self.rfile.read(n) if n else b""
        u = urllib.parse.urlsplit(self.path)
        self.p, self.q = urllib.parse.unquote(u.path), urllib.parse.parse_qs(u.query)
        host = (self.headers.get("Host") or "").lower()
        self.fault, line = None, f"{self.command} {host} {self.p} {self.headers.get('X-Amz-Target', '')}".rstrip()
        if self.p == "/_fault":
            with LOCK:
                if self.command == "DELETE": FAULTS.clear()
                elif self.command == "POST": FAULTS.append({"n": 1, **json.loads(self.body)})
            return self.out(200, FAULTS)
        if self.p == "/_log": return self.out(200, LOG)
        if self.p == "/_health": return self.out(200, {"ok": True})
        with LOCK:
            LOG.append({"t": time.time(), "line": line,
                        "token": bool(self.headers.get("X-Vault-Token") or self.headers.get("Authorization"))})
            for f in FAULTS:
                if f["n"] and re.search(f["match"], line): f["n"] -= 1; self.fault = dict(f); break
        f = self.fault
        if f:
            k = f["kind"]
            if k == "latency": time.sleep(float(f["arg"]))
            elif k == "hang": time.sleep(600); return
            elif k == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True; self.connection.close(); return
            elif k == "status": return self.out(int(f["arg"]), {"errors": ["injected"], "error": {"code": int(f["arg"]), "message": "injected", "status": "INJECTED"}, "__type": f.get("type", "InternalFailure"), "message": "injected"}, headers=[("Retry-After", "1")])
            elif k == "throttle": return self.out(400 if "X-Amz-Target" in self.headers else 429, {"__type": "ThrottlingException", "message": "Rate exceeded", "errors": ["rate limit"], "error": {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED"}}, headers=[("Retry-After", "1")])
            elif k == "expired": return self.out(400 if "X-Amz-Target" in self.headers else 401, {"__type": "ExpiredTokenException", "message": "The security token included in the request is expired", "errors": ["permission denied"], "error": {"code": 401, "message": "token expired", "status": "UNAUTHENTICATED"}})
        try: self.route(host)
        except (BrokenPipeError, ConnectionResetError): pass
        except Exception as e:  # a test double says what it could not do
            self.fault = None
            self.out(500, {"errors": [repr(e)], "error": {"code": 500, "message": repr(e)}, "__type": "InternalFailure", "message": repr(e)})
    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_LIST = handle_any
    def js(self): return json.loads(self.body or b"{}")
    def route(self, host):
        t = self.headers.get("X-Amz-Target")
        if t: return self.aws(t.split(".")[-1])
        if self.p == "/" and b"Action=AssumeRole" in self.body: return self.sts()
        if host.startswith("login.microsoftonline.com"): return self.entra(host)
        if self.p.startswith("/msi/token"): return self.msi()
        if "/cryptoKeys/" in self.p: return self.gcp()
        if self.p.startswith("/v1/"): return self.vault()
        if self.p.startswith("/keys/"): return self.azure(host)
        if self.p == "/token": return self.out(200, {"access_token": "fake", "expires_in": 3600, "token_type": "Bearer"})
        self.out(404, {"errors": ["no such route"], "error": {"code": 404, "message": "no such route"}})

    # -- HashiCorp Vault / OpenBao transit ------------------------------------------------------------------
    def vault(self):
        tok = self.headers.get("X-Vault-Token")
        if tok != CFG["vault_token"]: return self.out(403, {"errors": ["permission denied"]})
        m = re.match(r"^/v1/(.+)/(keys|encrypt|decrypt|rewrap)/([^/]+)(/rotate)?$", self.p)
        if not m: return self.out(404, {"errors": []})
        mount, op, name, rot = m.groups()
        vers = CFG["vault_versions"]
        ver = vers.setdefault((mount, name), 1)
        if op == "keys":
            if rot: vers[(mount, name)] = ver + 1; return self.out(204)
            if self.command in ("POST", "PUT"): return self.out(204)
            return self.out(200, {"data": {"name": name, "type": "aes256-gcm96", "latest_version": ver}})
        j = self.js()
        key = lambda v: symkey("vault", mount, name, str(v))
        if op == "encrypt":
            try: pt = unb64(j["plaintext"])
            except Exception: return self.out(400, {"errors": ["failed to base64-decode plaintext"]})
            return self.out(200, {"data": {"ciphertext": f"vault:v{ver}:{b64(seal(key(ver), pt))}", "key_version": ver}})
        cm = re.match(r"^vault:v(\d+):(.*)$", j.get("ciphertext", ""))
        if not cm: return self.out(400, {"errors": ["invalid ciphertext: no prefix"]})
        try: pt = unseal(key(int(cm[1])), unb64(cm[2]))
        except Exception: return self.out(400, {"errors": ["cipher: message authentication failed"]})
        if op == "rewrap": return self.out(200, {"data": {"ciphertext": f"vault:v{ver}:{b64(seal(key(ver), pt))}"}})
        self.out(200, {"data": {"plaintext": b64(pt)}})

    # -- Azure Key Vault keys ------------------------------------------------------------------------------
    def azure(self, host):
        name_host = host.split(":")[0]
        if not (self.headers.get("Authorization") or "").startswith("Bearer "):
            parent = host.split(".", 1)[1] if "." in name_host and not re.match(r"^[\d.]+$", name_host) else host
            return self.out(401, {"error": {"code": "Unauthorized", "message": "AKV10000: Request is missing a Bearer token."}},
                            headers=[("WWW-Authenticate", 'Bearer authorization="https://login.microsoftonline.com/'
                                      f'00000000-0000-0000-0000-000000000001", resource="https://{parent}"')])
        m = re.match(r"^/keys/([^/]+)(?:/([^/]*))?(?:/(encrypt|decrypt|wrapkey|unwrapkey|create))?/?$", self.p)
        if not m: return self.out(404, {"error": {"code": "KeyNotFound", "message": self.p}})
        name, ver, op = m.groups()
        if ver in ("create", "encrypt", "decrypt"): ver, op = "", ver
        v1 = hashlib.md5(f"{name_host}/{name}".encode()).hexdigest()
        if name.startswith("missing"): return self.out(404, {"error": {"code": "KeyNotFound", "message": f"A key with (name/id) {name} was not found in this key vault."}})
        if ver and ver != v1: return self.out(404, {"error": {"code": "KeyNotFound", "message": f"version {ver} was not found"}})
        k = rsakey(CFG["state"], f"{name_host}/{name}")
        kid = f"https://{host}/keys/{name}/{v1}"
        if op in (None, "create"):
            n = k.public_key().public_numbers()
            return self.out(200, {"key": {"kid": kid, "kty": "RSA", "key_ops": ["encrypt", "decrypt"],
                                          "n": b64u(n.n.to_bytes(256, "big")), "e": b64u(n.e.to_bytes(3, "big"))},
                                  "attributes": {"enabled": True, "created": 1700000000, "updated": 1700000000}})
        j = self.js()
        if j.get("alg") != "RSA-OAEP-256": return self.out(400, {"error": {"code": "BadParameter", "message": "alg"}})
        try: val = unb64u(j["value"])
        except Exception: return self.out(400, {"error": {"code": "BadParameter", "message": "value is not base64url"}})
        try: r = k.public_key().encrypt(val, OAEP) if op in ("encrypt", "wrapkey") else k.decrypt(val, OAEP)
        except Exception as e: return self.out(400, {"error": {"code": "BadParameter", "message": f"decryption failed {type(e).__name__}"}})
        self.out(200, {"kid": kid, "value": b64u(r)})
    def msi(self):
        if self.headers.get("X-IDENTITY-HEADER") != "cloudfake": return self.out(401, {"error": "bad header"})
        self.out(200, {"access_token": "fake", "expires_on": str(int(time.time()) + 3600),
                       "resource": self.q.get("resource", [""])[0], "token_type": "Bearer"})
    def entra(self, host):
        base = "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000001"
        if "/discovery/instance" in self.p:
            return self.out(200, {"tenant_discovery_endpoint": base + "/v2.0/.well-known/openid-configuration", "api-version": "1.1",
                                  "metadata": [{"preferred_network": "login.microsoftonline.com", "preferred_cache": "login.windows.net",
                                                "aliases": ["login.microsoftonline.com", "login.windows.net"]}]})
        if "openid-configuration" in self.p:
            return self.out(200, {"token_endpoint": base + "/oauth2/v2.0/token", "authorization_endpoint": base + "/oauth2/v2.0/authorize",
                                  "issuer": base + "/v2.0", "jwks_uri": base + "/discovery/v2.0/keys"})
        f = urllib.parse.parse_qs(self.body.decode())
        if "client_assertion" in f:
            if not assertion_fits(f["client_assertion"][0], f.get("client_id", [""])[0], base):
                return self.out(401, {"error": "invalid_client", "error_description": "AADSTS700027: The assertion is not valid."})
        elif f.get("client_secret", [""])[0] != CFG["azure_secret"]:
            return self.out(401, {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."})
        self.out(200, {"token_type": "Bearer", "expires_in": 3600, "ext_expires_in": 3600, "access_token": "fake"})

    # -- GCP KMS REST ---------------------------------------------------------------------------------------
    def gcp(self):
        if not (self.headers.get("Authorization") or "").startswith("Bearer "):
            return self.out(401, {"error": {"code": 401, "message": "Request is missing required authentication credential.", "status": "UNAUTHENTICATED"}})
        m = re.match(r"^/v1/(projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/([^/:]+))(?:/cryptoKeyVersions/\d+)?:(encrypt|decrypt)$", self.p)
        if not m: return self.out(404, {"error": {"code": 404, "message": "not found", "status": "NOT_FOUND"}})
        rid, name, op = m.groups()
        if name.startswith("missing"): return self.out(404, {"error": {"code": 404, "message": f"CryptoKey {rid} not found.", "status": "NOT_FOUND"}})
        if name.startswith("denied"): return self.out(403, {"error": {"code": 403, "message": f"Permission 'cloudkms.cryptoKeyVersions.useTo{op.title()}' denied on resource '{rid}'", "status": "PERMISSION_DENIED"}})
        j, key = self.js(), symkey("gcp", rid)
        aad = unb64(j.get("additionalAuthenticatedData", ""))
        if op == "encrypt":
            ct = b"\x0a\x24" + seal(key, unb64(j["plaintext"]), aad)
            return self.out(200, {"name": rid + "/cryptoKeyVersions/1", "ciphertext": b64(ct), "ciphertextCrc32c": str(crc32c(ct)),
                                  "verifiedPlaintextCrc32c": "plaintextCrc32c" in j, "protectionLevel": 1})
        try: pt = unseal(key, unb64(j["ciphertext"])[2:], aad)
        except Exception: return self.out(400, {"error": {"code": 400, "message": "Decryption failed: the ciphertext is invalid.", "status": "INVALID_ARGUMENT"}})
        self.out(200, {"plaintext": b64(pt), "plaintextCrc32c": str(crc32c(pt)), "usedPrimary": True, "protectionLevel": 1})

    # -- AWS KMS JSON 1.1 (+ STS AssumeRole) ----------------------------------------------------------------
    def aws(self, op):
        H_ = [("x-amzn-RequestId", "00000000-0000-0000-0000-000000000000")]
        err = lambda t, m, c=400: self.out(c, {"__type": t, "message": m}, H_, ctype="application/x-amz-json-1.1")
        ok = lambda o: self.out(200, o, H_, ctype="application/x-amz-json-1.1")
        a = self.headers.get("Authorization") or ""
        m = re.match(r"^AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([^/]+)/kms/aws4_request", a)
        if not m: return err("MissingAuthenticationTokenException", "Missing Authentication Token")
        j, region = self.js(), m[2]
        if op == "CreateKey":
            kid = "%08x-0000-4000-8000-000000000000" % (int(time.time() * 1000) & 0xFFFFFFFF)
            return ok({"KeyMetadata": {"KeyId": kid, "Arn": f"arn:aws:kms:{region}:123456789012:key/{kid}", "Enabled": True}})
        arn = j.get("KeyId", "")
        if "missing" in arn or arn.endswith("ffffffffffff"): return err("NotFoundException", f"Key '{arn}' does not exist")
        if arn.endswith("dddddddddddd"): return err("DisabledException", f"{arn} is disabled.")
        if arn.endswith("aaaaaaaaaaaa"): return err("AccessDeniedException", "User is not authorized to perform: kms:" + op)
        aad = json.dumps(j.get("EncryptionContext") or {}, sort_keys=True).encode()
        if op == "Encrypt":
            ct = struct.pack(">H", len(arn)) + arn.encode() + seal(symkey("aws", arn), unb64(j["Plaintext"]), aad)
            return ok({"CiphertextBlob": b64(ct), "KeyId": arn, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"})
        if op == "Decrypt":
            try:
                ct = unb64(j["CiphertextBlob"]); n = struct.unpack(">H", ct[:2])[0]; real = ct[2:2 + n].decode()
                if arn and arn != real: return err("IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation.")
                pt = unseal(symkey("aws", real), ct[2 + n:], aad)
            except Exception: return err("InvalidCiphertextException", "")
            return ok({"Plaintext": b64(pt), "KeyId": real, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"})
        err("UnknownOperationException", op)
    def sts(self):
        role = urllib.parse.parse_qs(self.body.decode()).get("RoleArn", [""])[0]
        if "denied" in role:
            return self.out(403, raw=b'<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>', ctype="text/xml")
        self.out(200, raw=f'<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser><Arn>{role}</Arn><AssumedRoleId>X:y</AssumedRoleId></AssumedRoleUser><Credentials><AccessKeyId>ASIAFAKE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>'.encode(), ctype="text/xml")

def make_ca(state):
    ca_p, crt_p, key_p = (os.path.join(state, n) for n in ("ca.pem", "server.pem", "server.key"))
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    name = lambda cn: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, cn)])
    cak, sk = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = (x509.CertificateBuilder().subject_name(name("cloudfake throw-away CA")).issuer_name(name("cloudfake throw-away CA"))
          .public_key(cak.public_key()).serial_number(x509.random_serial_number()).not_valid_before(now - day).not_valid_after(now + 7 * day)
          .add_extension(x509.BasicConstraints(True, 0), True)
          .add_extension(x509.KeyUsage(True, False, False, False, False, True, True, False, False), True)
          .add_extension(x509.SubjectKeyIdentifier.from_public_key(cak.public_key()), False).sign(cak, hashes.SHA256()))
    dns = ["localhost", "*.localhost", "*.vault.azure.net", "login.microsoftonline.com", "cloudkms.googleapis.com",
           "oauth2.googleapis.com", "*.amazonaws.com", "kms.us-east-1.amazonaws.com", "sts.us-east-1.amazonaws.com", "kms.eu-west-1.amazonaws.com"]
    crt = (x509.CertificateBuilder().subject_name(name("cloudfake")).issuer_name(ca.subject).public_key(sk.public_key())
           .serial_number(x509.random_serial_number()).not_valid_before(now - day).not_valid_after(now + 7 * day)
           .add_extension(x509.SubjectAlternativeName([x509.DNSName(d) for d in dns] + [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
           .add_extension(x509.BasicConstraints(False, None), True)
           .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), False)
           .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(cak.public_key()), False).sign(cak, hashes.SHA256()))
    pem = serialization.Encoding.PEM
    open(ca_p, "wb").write(ca.public_bytes(pem)); open(crt_p, "wb").write(crt.public_bytes(pem))
    with open(os.open(key_p, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as f:
        f.write(sk.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return ca_p, crt_p, key_p

class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    def handle_error(self, request, client_address): pass
class TlsServer(Server):
    ctx = None
    def finish_request(self, request, addr):  # handshake in the worker thread
        request.settimeout(620)
        try: request = self.ctx.wrap_socket(request, server_side=True)
        except (OSError, ssl.SSLError): return
        self.RequestHandlerClass(request, addr, self)
        try: request.unwrap()
        except (OSError, ValueError, ssl.SSLError): pass

def proxy(lsock, tls_port):
    def one(c):
        try:
            head = b""
            while b"\r\n\r\n" not in head and len(head) < 8192:
                d = c.recv(4096)
                if not d: return
                head += d
            m = re.match(rb"CONNECT ([^: ]+):(\d+) HTTP/1\.[01]\r\n", head)
            h = m[1].decode().lower() if m else ""
            ok = bool(PROXIED.match(h))
            with LOCK: LOG.append({"t": time.time(), "line": f"PROXY {'CONNECT' if ok else 'REFUSED'} {h or head[:60]!r}", "token": False})
            if not ok: c.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"); return
            u = socket.create_connection(("127.0.0.1", tls_port)); c.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                r, _, _ = select.select([c, u], [], [], 620)
                if not r: return
                for s in r:
                    d = s.recv(65536)
                    if not d: return
                    (u if s is c else c).sendall(d)
        except OSError: pass
        finally: c.close()
    while True:
        c, _ = lsock.accept()
        threading.Thread(target=one, args=(c,), daemon=True).start()

def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--state", required=True); ap.add_argument("--http", type=int, default=0)
    ap.add_argument("--https", type=int, default=0); ap.add_argument("--proxy", type=int, default=0)
    ap.add_argument("--client", help="a certificate in PEM that may log in at Entra")
    a = ap.parse_args()
    os.makedirs(a.state, mode=0o700, exist_ok=True)
    ca, crt, key = make_ca(a.state)
    CFG.update(state=a.state, client=a.client, vault_token="cloudfake-token", azure_secret="cloudfake-secret", vault_versions={})
    plain = Server(("127.0.0.1", a.http), H)
    tls = TlsServer(("127.0.0.1", a.https), H)
    TlsServer.ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); TlsServer.ctx.load_cert_chain(crt, key)
    ps = socket.socket(); ps.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); ps.bind(("127.0.0.1", a.proxy)); ps.listen(64)
    hp, tp, pp = plain.server_port, tls.server_port, ps.getsockname()[1]
    env = f"""export CLOUDFAKE_HTTP=http://127.0.0.1:{hp}
export CLOUDFAKE_HTTPS=https://127.0.0.1:{tp}
export CLOUDFAKE_CA={ca}
export SSL_CERT_FILE={ca}
export HTTPS_PROXY=http://127.0.0.1:{pp}
export VAULT_ADDR=http://127.0.0.1:{hp} VAULT_TOKEN=cloudfake-token
export AWS_ENDPOINT_URL=http://127.0.0.1:{hp} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1 AWS_CA_BUNDLE={ca}
export SOPS_GCP_KMS_ENDPOINT=http://127.0.0.1:{hp} SOPS_GCP_KMS_CLIENT_TYPE=rest GOOGLE_OAUTH_ACCESS_TOKEN=fake
export IDENTITY_ENDPOINT=http://127.0.0.1:{hp}/msi/token IDENTITY_HEADER=cloudfake AZURE_TOKEN_CREDENTIALS=ManagedIdentityCredential
"""
    tmp = os.path.join(a.state, "env.tmp"); open(tmp, "w").write(env); os.replace(tmp, os.path.join(a.state, "env"))
    threading.Thread(target=tls.serve_forever, daemon=True).start()
    threading.Thread(target=proxy, args=(ps, tp), daemon=True).start()
    print(f"cloudfake http={hp} https={tp} proxy={pp} state={a.state}", flush=True)
    try: plain.serve_forever()
    except KeyboardInterrupt: pass
if __name__ == "__main__": main()
