"""Settings, from the environment. docs/settings.md says what each one means.

Without any variable this is the embedded platform: SQLite, a directory for pictures, jobs through files, all below
``DATA_DIR``. ``TINTYPE_PRODUCTION=1`` asks for real services and refuses to start without them.
"""

import os
from pathlib import Path

from config.database import database_from
from config.env import env_bool, env_choice, env_int, env_list, env_secret, env_str
from config.production import require_production_settings, secret_key
from config.replicas import replicas_from

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(env_str("DATA_DIR", str(BASE_DIR / "var"))).resolve()

PRODUCTION = env_bool("TINTYPE_PRODUCTION", False)
DEBUG = env_bool("DEBUG", False)
SECRET_KEY = secret_key(DATA_DIR, production=PRODUCTION)
SECRET_KEY_FALLBACKS = [text for text in env_secret("SECRET_KEY_FALLBACKS").split(",") if text]

# ── where it is reached ──────────────────────────────────────────────────────────────────────────────────────────────
PORT = env_int("PORT", 8000, low=1, high=65535)
PUBLIC_URL = env_str("PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
DELIVERY_URL = env_str("DELIVERY_URL", PUBLIC_URL).rstrip("/")
UPLOAD_URL = env_str("UPLOAD_URL", f"{PUBLIC_URL}/upload").rstrip("/")
WEB_WORKERS = env_int("WEB_WORKERS", 1, low=1, high=256)
SWEEP_SECONDS = env_int("SWEEP_SECONDS", 60, low=1)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", PUBLIC_URL)

# ── services ─────────────────────────────────────────────────────────────────────────────────────────────────────────
DATABASES = {"default": database_from(env_secret("DATABASE_URL"), DATA_DIR)}
REDIS_URL = env_secret("REDIS_URL")
if REDIS_URL:  # otherwise each process counts for itself
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
S3_BUCKET = env_str("S3_BUCKET")
S3_ENDPOINT = env_str("S3_ENDPOINT")
S3_REGION = env_str("S3_REGION", "us-east-1")
S3_PATH_STYLE = env_bool("S3_PATH_STYLE", True)
S3_PREFIX = env_str("S3_PREFIX").strip("/")
S3_ACCESS_KEY = env_secret("S3_ACCESS_KEY")
S3_SECRET_KEY = env_secret("S3_SECRET_KEY")
STORAGE_DIR = Path(env_str("STORAGE_DIR", str(DATA_DIR / "storage"))).resolve()

# ── limits on what comes in ──────────────────────────────────────────────────────────────────────────────────────────
MAX_UPLOAD_BYTES = env_int("MAX_UPLOAD_BYTES", 10 * 2**20, low=1)
MAX_REQUEST_BYTES = env_int("MAX_REQUEST_BYTES", MAX_UPLOAD_BYTES + 2**20, low=1)
REQUEST_SECONDS = env_int("REQUEST_SECONDS", 120, low=1)
MAX_PIXELS = env_int("MAX_PIXELS", 100_000_000, low=1)
MAX_SIDE = env_int("MAX_SIDE", 12_000, low=1)
MAX_ANIMATION_PIXELS = env_int("MAX_ANIMATION_PIXELS", 100_000_000, low=1)
MAX_META_BYTES = env_int("MAX_META_BYTES", 1024, low=1)
VARIANT_LIMIT = env_int("VARIANT_LIMIT", 20, low=1, high=100)
SIGNING_KEY_LIMIT = env_int("SIGNING_KEY_LIMIT", 10, low=1, high=100)
IMAGE_LIMIT = env_int("IMAGE_LIMIT", 10_000_000, low=1)
FETCH_ALLOW_PRIVATE = env_bool("FETCH_ALLOW_PRIVATE", False)
FETCH_SECONDS = env_int("FETCH_SECONDS", 30, low=1)
BATCH_CALLS_PER_SECOND = env_int("BATCH_CALLS_PER_SECOND", 200, low=1)
UPLOAD_ANSWERS_META = env_bool("UPLOAD_ANSWERS_META", True)
CUSTOM_IDS_MAY_BE_PRIVATE = env_bool("CUSTOM_IDS_MAY_BE_PRIVATE", True)

# ── pictures of other origins ────────────────────────────────────────────────────────────────────────────────────────
REMOTE_ACCOUNT = env_str("REMOTE_ACCOUNT")
REMOTE_MAX_BYTES = env_int("REMOTE_MAX_BYTES", 100 * 2**20, low=1)
REMOTE_SECONDS = env_int("REMOTE_SECONDS", 15, low=1)
REMOTE_FETCHES = env_int("REMOTE_FETCHES", 16, low=1, high=256)
REMOTE_KEEP_SECONDS = env_int("REMOTE_KEEP_SECONDS", 7 * 86_400)
REMOTE_BUDGET_BYTES = env_int("REMOTE_BUDGET_BYTES", 0)
ORIGIN_LIMIT = env_int("ORIGIN_LIMIT", 100, low=1)

# ── the binding of Workers ───────────────────────────────────────────────────────────────────────────────────────────
BINDING_MAX_BYTES = env_int("BINDING_MAX_BYTES", 20 * 10**6, low=1)
BINDING_REQUEST_BYTES = env_int("BINDING_REQUEST_BYTES", 4 * BINDING_MAX_BYTES, low=1)
BINDING_TRUSTED_HOST = env_str("BINDING_TRUSTED_HOST").lower()
if BINDING_TRUSTED_HOST:
    ALLOWED_HOSTS.append(BINDING_TRUSTED_HOST)

# ── rendering ────────────────────────────────────────────────────────────────────────────────────────────────────────
RENDER_CHILDREN = env_int("RENDER_CHILDREN", os.cpu_count() or 1, low=1, high=256)
RENDER_SECONDS = env_int("RENDER_SECONDS", 10, low=1)
RENDER_MEMORY_BYTES = env_int("RENDER_MEMORY_BYTES", 2 * 2**30, low=2**28)
RENDER_QUEUE = env_int("RENDER_QUEUE", 256, low=1)
RENDER_PIXELS = env_int("RENDER_PIXELS", 2 * max(MAX_PIXELS, MAX_ANIMATION_PIXELS), low=1)
AVIF_MAX_AREA = env_int("AVIF_MAX_AREA", 2_000_000)
AVIF_EFFORT = env_int("AVIF_EFFORT", 2, low=0, high=9)
SEARCH_MAX_AREA = env_int("SEARCH_MAX_AREA", 1_000_000, low=0)
ANIMATED_MAX_AREA = env_int("ANIMATED_MAX_AREA", 50_000_000)
# ── serving ──────────────────────────────────────────────────────────────────────────────────────────────────────────
DJANGO_THREADS = env_int("DJANGO_THREADS", 8, low=1, high=256)
DJANGO_QUEUE = env_int("DJANGO_QUEUE", 256, low=1)
DELIVERY_THREADS = env_int("DELIVERY_THREADS", 8, low=1, high=256)
RENDER_WAITERS = env_int("RENDER_WAITERS", 512, low=1)
RENDITION_MEMORY_BYTES = env_int("RENDITION_MEMORY_BYTES", 32 * 2**20)
RENDITION_BUDGET_BYTES = env_int("RENDITION_BUDGET_BYTES", 0)

# ── looking at pictures ──────────────────────────────────────────────────────────────────────────────────────────────
_OWN_REPLICA = [] if PRODUCTION else [f"unix:{DATA_DIR}/inference.sock"]
INFERENCE_URLS = replicas_from(env_list("INFERENCE_URLS") if "INFERENCE_URLS" in os.environ else _OWN_REPLICA)
INFERENCE_TOKEN = env_secret("INFERENCE_TOKEN")
INFERENCE_SECONDS = env_int("INFERENCE_SECONDS", 10, low=1)
INFERENCE_PROVIDER = env_choice("INFERENCE_PROVIDER", "cpu", ("cpu", "cuda", "tensorrt"))
MODELS_DIR = Path(env_str("MODELS_DIR", str(DATA_DIR / "models"))).resolve()
TINTYPE_MODELS_MIRROR = env_str("TINTYPE_MODELS_MIRROR")
FACE_MODEL = env_str("FACE_MODEL")
OBJECT_MODEL = env_str("OBJECT_MODEL")
SALIENCY_MODEL = env_str("SALIENCY_MODEL")
MASK_MODEL = env_str("MASK_MODEL")

# What a render child loads before its first job. The box itself knows no function by name.
RENDER_PRELOAD = ["images.decode", "variants.render", "variants.composition"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "config",
    "accounts",
    "images",
    "variants",
    "api",
    "dashboard",
    "widget",
]

MIDDLEWARE = [
    "api.cors.UploadCors",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "dashboard.policy.pages_only",
]

ROOT_URLCONF = "config.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
APPEND_SLASH = False

# Embedded, static files are served from where they lie; with STATIC_ROOT from what `manage.py collectstatic` put there.
STATIC_URL = "/static/"
STATIC_ROOT = env_str("STATIC_ROOT") or None
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
_STATIC_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": _STATIC_STORAGE if STATIC_ROOT else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env_int("HSTS_SECONDS", 31_536_000 if PRODUCTION and HTTPS else 0)
# Only a proxy of ours says how it was reached; without one anybody could say so.
BEHIND_PROXY = env_bool("BEHIND_PROXY", PRODUCTION)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
LOGIN_URL = "dashboard:sign_in"
CSRF_FAILURE_VIEW = "dashboard.views.errors.csrf_failure"

# Bodies are bounded while they are read (config/bridge.py); Django's own bound would count metadata only.
DATA_UPLOAD_MAX_MEMORY_SIZE = None
# The SDKs send a field for every value in the metadata, and the shortest takes two bytes of it.
DATA_UPLOAD_MAX_NUMBER_FIELDS = max(1000, MAX_META_BYTES // 2 + 100)
FILE_UPLOAD_MAX_MEMORY_SIZE = 0

REST_FRAMEWORK: dict[str, object] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.OwnAccount", "accounts.permissions.EditScope"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.FormParser", "api.parsers.LooseParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.envelope.AlwaysJson",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "api.errors.handle",
    "UNAUTHENTICATED_USER": None,
    # Every text can be written in ASCII, halves of characters from hostile bodies too.
    "UNICODE_JSON": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tintype API",
    "DESCRIPTION": "Images in, variants out. Every answer is an envelope: success, errors, messages, result.",
    "VERSION": "4",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "PREPROCESSING_HOOKS": ["api.openapi.only_public"],
    "POSTPROCESSING_HOOKS": ["api.openapi.with_components"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env_str("LOG_LEVEL", "INFO")},
    "loggers": {"pyvips": {"level": "WARNING"}},
}

if PRODUCTION:
    require_production_settings()
