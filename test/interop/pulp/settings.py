# Settings of a Pulp on loopback. @ROOT@ and @PORT…@ are filled in by pulp.sh.
SECRET_KEY = "a registry on loopback, for tests only"
DB_ENCRYPTION_KEY = "@ROOT@/keys/db.key"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": "127.0.0.1",
        "PORT": @PORT_POSTGRES@,
        "NAME": "pulp",
        "USER": "postgres",
    }
}
CACHE_ENABLED = True
REDIS_HOST = "127.0.0.1"
REDIS_PORT = @PORT_REDIS@
DEPLOY_ROOT = "@ROOT@"
MEDIA_ROOT = "@ROOT@/media"
STATIC_ROOT = "@ROOT@/static"
WORKING_DIRECTORY = "@ROOT@/tmp"
FILE_UPLOAD_TEMP_DIR = "@ROOT@/tmp"
CONTENT_ORIGIN = "http://127.0.0.1:@PORT@"
TOKEN_SERVER = "http://127.0.0.1:@PORT@/token/"
TOKEN_SIGNATURE_ALGORITHM = "ES256"
PUBLIC_KEY_PATH = "@ROOT@/keys/token_public.pem"
PRIVATE_KEY_PATH = "@ROOT@/keys/token_private.pem"
ANALYTICS = False
ALLOWED_EXPORT_PATHS = []
ALLOWED_IMPORT_PATHS = []
