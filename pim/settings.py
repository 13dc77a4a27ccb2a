"""Settings, from the environment only. docs/settings.md lists every variable; bad values stop start-up by name."""

from __future__ import annotations

from pathlib import Path

import environ
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

from catalog.languages import bases, stand_ins
from pim import env

BASE_DIR = Path(__file__).resolve().parent.parent

# A development machine keeps its environment in `.env` (made by `make setup`); what is really set wins over it.
environ.Env.read_env(str(BASE_DIR / ".env"))

# --- Environment -----------------------------------------------------------------------------------------------------
DEBUG: bool = env.boolean("DEBUG", False)
SECRET_KEY: str = env.secret_key(DEBUG)
ALLOWED_HOSTS: list[str] = env.names(
    "ALLOWED_HOSTS",
    ["localhost", "127.0.0.1", "[::1]"] if DEBUG else [],
    env.host,
    "a host name without scheme or port",
)
CSRF_TRUSTED_ORIGINS: list[str] = env.names(
    "CSRF_TRUSTED_ORIGINS", [], env.origin, "an origin such as https://pim.example.com"
)
DATA_ROOT: Path = env.folder("DATA_ROOT", BASE_DIR / "var")
MEDIA_ROOT: Path = env.folder("MEDIA_ROOT", DATA_ROOT / "media")
EDITIONS_ROOT: Path = env.folder("EDITIONS_ROOT", DATA_ROOT / "editions")
SETS_ROOT: Path = env.folder("SETS_ROOT", DATA_ROOT / "sets")
# What the press keeps of finished pieces, and what each of its processes may take for one.
PRESS_ROOT: Path = env.folder("PRESS_ROOT", DATA_ROOT / "press")
PRESS_KEEP_BYTES: int = env.integer("PRESS_KEEP_MB", 4_000, 0, 1_000_000) * 1024 * 1024
PRESS_PROCESSES: int = env.integer("PRESS_PROCESSES", 0, 0, 256)
PRESS_SECONDS: int = env.integer("PRESS_SECONDS", 20, 1, 3_600)
PRESS_MEMORY_MB: int = env.integer("PRESS_MEMORY_MB", 600, 100, 100_000)
DATA_ROOT.mkdir(parents=True, exist_ok=True)
DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{DATA_ROOT / 'tessera.sqlite3'}")}
SITE_URL: str = env.read("SITE_URL", "http://127.0.0.1:8000", env.origin, "an origin such as https://pim.example.com")
HTTPS: bool = env.boolean("HTTPS", SITE_URL.startswith("https://"))
LOG_LEVEL: str = env.read("LOG_LEVEL", "INFO", env.log_level, "DEBUG, INFO, WARNING or ERROR")

# Counts what each token asks, and keeps little that can be found out again. Several machines, or processes that are to
# count together, need one they share.
CACHES = {"default": env.cache("CACHE_URL")}
# Requests a minute of a token that says nothing else; 0: no limit.
API_RATE: int = env.integer("API_RATE", 6_000, 0, 1_000_000)

# --- Languages -------------------------------------------------------------------------------------------------------
# The shipped languages have a column each in the translated tables, and so have those that PIM_LANGUAGES names besides
# (after `manage.py sync_languages`). Offered are those it names; the others' texts stay where they are, unseen.
SHIPPED_LANGUAGES = (
    ("en", "English"),
    ("it", "Italiano"),
    ("ro", "Română"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
)
LANGUAGES = env.languages("PIM_LANGUAGES", SHIPPED_LANGUAGES)
LANGUAGE_CODE = LANGUAGES[0][0]
MODELTRANSLATION_LANGUAGES = tuple(dict.fromkeys(code for code, _ in (*SHIPPED_LANGUAGES, *LANGUAGES)))
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_FALLBACK_LANGUAGES = {
    "default": tuple(dict.fromkeys((LANGUAGE_CODE, "en"))),
    **{code: stand_ins(code, dict(LANGUAGES), LANGUAGE_CODE) for code, _ in LANGUAGES if bases(code)},
}
USE_I18N = True
USE_TZ = True
TIME_ZONE: str = env.read("TIME_ZONE", "UTC", env.time_zone, "an IANA time zone such as Europe/Rome")

# --- Application -----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "modeltranslation",
    "unfold",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_prose_editor",
    "mptt",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "catalog.apps.CatalogConfig",
    "exports.apps.ExportsConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "pim.urls"
WSGI_APPLICATION = "pim.wsgi.application"
ASGI_APPLICATION = "pim.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
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
            ]
        },
    }
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
STATIC_URL = "static/"
STATIC_ROOT: Path = env.folder("STATIC_ROOT", DATA_ROOT / "static")
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "catalog.files.Media"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Where several machines share what is in MEDIA_ROOT and EDITIONS_ROOT; these then are what each of them has at hand.
if BUCKET := env.bucket("BUCKET_URL"):
    STORAGES["bucket"] = BUCKET
WHITENOISE_USE_FINDERS = DEBUG
# Originals are never served from a folder: /assets/ decides what a browser gets, and with which headers.
MEDIA_URL = "/media-not-served/"

# --- Limits ----------------------------------------------------------------------------------------------------------
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
ASSET_MAX_BYTES: int = env.integer("ASSET_MAX_MB", 50, 1, 2_000) * 1024 * 1024
ASSET_MAX_PIXELS: int = env.integer("ASSET_MAX_MEGAPIXELS", 80, 1, 1_000) * 1_000_000

# --- Jobs ------------------------------------------------------------------------------------------------------------
JOB_LEASE: int = env.integer("JOB_LEASE_SECONDS", 40, 1, 3_600)
JOBS_ENGINE: str = env.read("JOBS_ENGINE", "database", env.jobs_engine, "database or celery")
# Called with a job's id when it may run; without one, workers look for themselves.
JOBS_CARRIER: str = "pim.celery.send" if JOBS_ENGINE == "celery" else ""
JOBS_BROKER_URL: str = env.read("JOBS_BROKER_URL", "redis://127.0.0.1:6379/0", str, "the address of Celery's broker")

# --- Machine translation ---------------------------------------------------------------------------------------------
PIM_MACHINE_TRANSLATION: str = env.read("PIM_MACHINE_TRANSLATION", "", env.choice("stub", "deepl"), "stub or deepl")
PIM_DEEPL_KEY: str = env.read("PIM_DEEPL_KEY", "", env.token, "a key of the DeepL API", secret=True)
PIM_DEEPL_URL: str = env.read(
    "PIM_DEEPL_URL", "https://api-free.deepl.com", env.origin, "an origin such as https://api.deepl.com"
)

# --- Security --------------------------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.boolean("BEHIND_PROXY", False) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- API -------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["exports.api.authentication.ChannelTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "catalog.api.problems.problem_handler",
    "UNAUTHENTICATED_USER": None,
    # Media types are asked for with Accept only, so that ?format= is an unknown parameter like any other.
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tessera",
    "DESCRIPTION": (
        "What authors write: products, fragments and all they need. And what channels pull: the documents of the "
        "current release, and the latest edition of each feed."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "POSTPROCESSING_HOOKS": ["catalog.api.openapi.add_components", "exports.api.schema.add_components"],
}


# --- Admin -----------------------------------------------------------------------------------------------------------
def _listed(title: str, icon: str, model: str, app: str = "catalog") -> dict[str, object]:
    """A line of the sidebar, for those who may see what it leads to."""

    def permitted(request: HttpRequest) -> bool:
        return any(request.user.has_perm(f"{app}.{verb}_{model}") for verb in ("view", "change"))

    link = reverse_lazy(f"admin:{app}_{model}_changelist")
    return {"title": title, "icon": icon, "link": link, "permission": permitted}


UNFOLD = {
    "SITE_TITLE": "Tessera",
    "SITE_HEADER": "Tessera",
    "SITE_SUBHEADER": "Product knowledge base",
    "SITE_SYMBOL": "grid_view",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "DASHBOARD_CALLBACK": "catalog.admin.dashboard.context",
    "STYLES": [lambda _: static("catalog/admin/admin.css")],
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _: static("catalog/admin/favicon.svg")},
    ],
    "COLORS": {
        "primary": {
            "50": "oklch(97.6% .014 190)",
            "100": "oklch(94.6% .032 190)",
            "200": "oklch(89.6% .058 190)",
            "300": "oklch(82.6% .088 190)",
            "400": "oklch(74.5% .105 191)",
            "500": "oklch(66.5% .106 192)",
            "600": "oklch(49.5% .084 194)",
            "700": "oklch(43.5% .072 196)",
            "800": "oklch(38% .06 198)",
            "900": "oklch(33.5% .049 200)",
            "950": "oklch(24.5% .04 203)",
        },
    },
    "SIDEBAR": {
        "show_search": False,
        "navigation": [
            {"items": [{"title": "Overview", "icon": "space_dashboard", "link": reverse_lazy("admin:index")}]},
            {
                "title": "Products",
                "items": [
                    _listed("Products", "inventory_2", "product"),
                    _listed("Categories", "account_tree", "category"),
                    _listed("Assets", "photo_library", "asset"),
                    _listed("Findings", "fact_check", "finding"),
                ],
            },
            {
                "title": "Content",
                "items": [
                    _listed("Fragments", "article", "fragment"),
                    {
                        "title": "Copies",
                        "icon": "content_copy",
                        "link": reverse_lazy("admin:catalog_copies"),
                        "permission": lambda request: request.user.has_perm("catalog.view_fragment"),
                    },
                    _listed("Slots", "view_agenda", "slot"),
                    _listed("Tags", "sell", "tag"),
                    _listed("Forbidden words", "block", "forbiddenterm"),
                ],
            },
            {
                "title": "Translation",
                "items": [
                    _listed("Translations", "translate", "translationstate"),
                    _listed("Translation jobs", "outbox", "translationjob"),
                    _listed("Translation memory", "history_edu", "memorysegment"),
                    _listed("Terms", "dictionary", "concept"),
                ],
            },
            {
                "title": "Structure",
                "items": [
                    _listed("Families", "category", "family"),
                    _listed("Family variants", "call_split", "familyvariant"),
                    _listed("Attributes", "tune", "attribute"),
                    _listed("Attribute groups", "folder", "attributegroup"),
                    _listed("Entities", "schema", "entitytype"),
                    _listed("Records", "loyalty", "record"),
                    _listed("Association types", "link", "associationtype"),
                    _listed("Former codes", "link_off", "codealias"),
                ],
            },
            {
                "title": "Channels",
                "items": [
                    _listed("Channels", "hub", "channel"),
                    _listed("Markets", "public", "market"),
                    _listed("Audiences", "groups", "audience"),
                    _listed("Releases", "rocket_launch", "release", "exports"),
                    _listed("Sign-offs", "signature", "signoff", "exports"),
                    _listed("Freezes", "ac_unit", "freeze", "exports"),
                    _listed("Outputs", "output", "output", "exports"),
                    _listed("Editions", "menu_book", "edition", "exports"),
                    _listed("Channel tokens", "key", "channeltoken", "exports"),
                    _listed("Webhooks", "webhook", "webhook", "exports"),
                    _listed("Webhook deliveries", "outgoing_mail", "webhookdelivery", "exports"),
                ],
            },
            {
                "title": "Administration",
                "items": [
                    _listed("Jobs", "work_history", "job"),
                    _listed("History", "history", "change"),
                    _listed("Users", "person", "user", "auth"),
                    _listed("Roles", "badge", "group", "auth"),
                    _listed("User tokens", "key", "usertoken"),
                ],
            },
        ],
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # What WeasyPrint has to say about an edition is kept with the edition; fontTools says too much.
    "loggers": {"fontTools": {"level": "ERROR"}, "weasyprint": {"level": "ERROR"}},
}
