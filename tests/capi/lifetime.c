/* Who owns what: objects can be freed in any order, and user data is freed exactly once. */
#include "check.h"

static void ignore(void *user_data, int32_t level, const char *message)
{
    (void)user_data, (void)level, (void)message;
}

static void steps_outlive_the_client(void)
{
    struct canned canned = {0, 0, CANNED_PASS, false};
    createaccount_client *client = canned_client(&canned);
    createaccount_step *step = NULL;
    createaccount_error *error = NULL;
    const createaccount_field *field;
    const createaccount_request *request;

    OK(createaccount_client_begin(client, 0, &step, NULL));
    CHECK(createaccount_client_set_field(client, "nosuch", "x", &error) ==
          CREATEACCOUNT_STATUS_INVALID_ARGUMENT);
    createaccount_client_free(client);
    CHECK(canned.freed == 1);

    CHECK(createaccount_step_kind(step) == CREATEACCOUNT_STEP_FORM);
    SAME(createaccount_step_status(step), "FORM");
    CHECK(createaccount_step_can_create(step));
    CHECK(createaccount_step_field_count(step) == 3);
    CHECK(createaccount_step_field_at(step, 3) == NULL);
    field = createaccount_step_field_at(step, 0);
    SAME(createaccount_field_name(field), "username");
    SAME(createaccount_field_label(field), "Username"); /* U+FFFD for U+0000 */
    SAME(createaccount_field_help(field), "Your name.");
    CHECK(createaccount_field_value(field) == NULL);
    CHECK(createaccount_field_asks(field) && createaccount_field_is_required(field));
    CHECK(createaccount_field_is_sensitive(createaccount_step_field_at(step, 1)));
    field = createaccount_step_field_at(step, 2);
    CHECK(createaccount_field_type(field) == CREATEACCOUNT_FIELD_TYPE_SELECT);
    CHECK(createaccount_field_choice_count(field) == 2);
    SAME(createaccount_field_choice_value_at(field, 1), "green");
    SAME(createaccount_field_choice_label_at(field, 1), "Green");
    CHECK(createaccount_field_choice_value_at(field, 2) == NULL);
    CHECK(!createaccount_field_choice_is_preset_at(field, 1));
    CHECK(!createaccount_field_choice_is_preset_at(field, 2));
    CHECK(createaccount_step_request_count(step) == 1);
    request = createaccount_step_request_at(step, 0);
    SAME(createaccount_request_id(request), "PasswordRequest");
    SAME(createaccount_request_provider(request), "Passwords");
    SAME(createaccount_request_account(request), "Local");
    SAME(createaccount_request_metadata_json(request), "{\"a\":1}");
    CHECK(createaccount_request_required(request) == CREATEACCOUNT_REQUIRED_PRIMARY);
    CHECK(createaccount_request_field_count(request) == 3);
    CHECK(createaccount_request_field_at(request, 3) == NULL);
    CHECK(createaccount_step_request_at(step, 1) == NULL);
    CHECK(createaccount_step_captcha(step) == NULL);
    CHECK(strstr(createaccount_step_raw_json(step), "PasswordRequest") != NULL);
    CHECK(createaccount_step_raw_json(step) == createaccount_step_raw_json(step));
    createaccount_step_free(step);

    SAME(createaccount_error_field(error), "nosuch");
    createaccount_error_free(error);
}

/* The client's own step outlives it, like those that its calls gave. */
static void the_clients_step_is_the_callers(void)
{
    struct canned canned = {0, 0, CANNED_PASS, false};
    createaccount_client *client = canned_client(&canned);
    createaccount_step *step = NULL, *form, *pass;

    OK(createaccount_client_begin(client, 0, &step, NULL));
    createaccount_step_free(step);
    form = createaccount_client_step(client);
    OK(createaccount_client_set_field(client, "username", "Canned", NULL));
    OK(createaccount_client_set_field(client, "password", "secret-10000000", NULL));
    OK(createaccount_client_submit(client, &step, NULL));
    pass = createaccount_client_step(client);
    CHECK(pass != step);
    createaccount_client_free(client);
    SAME(createaccount_step_username(step), "Canned");
    createaccount_step_free(step);
    CHECK(createaccount_step_kind(form) == CREATEACCOUNT_STEP_FORM);
    createaccount_step_free(form);
    SAME(createaccount_step_username(pass), "Canned");
    createaccount_step_free(pass);
}

static void user_data_is_freed_once(void)
{
    struct canned first = {0, 0, NULL, false}, second = {0, 0, NULL, false}, log = {0, 0, NULL, false};
    createaccount_config *config = createaccount_config_new();
    createaccount_client *clients[2] = {NULL, NULL};

    OK(createaccount_config_set_log(config, ignore, &log, canned_free, NULL));
    OK(createaccount_config_set_transport(config, canned_send, &first, canned_free, NULL));
    OK(createaccount_client_new("https://wiki.example/api.php", config, &clients[0], NULL));
    OK(createaccount_config_set_transport(config, canned_send, &second, canned_free, NULL));
    CHECK(first.freed == 0); /* the first client has it */
    OK(createaccount_client_new("https://wiki.example/api.php", config, &clients[1], NULL));
    createaccount_client_free(clients[0]);
    CHECK(first.freed == 1);
    createaccount_config_free(config);
    CHECK(second.freed == 0 && log.freed == 0);
    createaccount_client_free(clients[1]);
    CHECK(first.freed == 1 && second.freed == 1 && log.freed == 1);

    /* Unset: freed at once. A call that fails does not take it over. */
    config = createaccount_config_new();
    OK(createaccount_config_set_transport(config, canned_send, &first, canned_free, NULL));
    OK(createaccount_config_set_transport(config, NULL, NULL, NULL, NULL));
    CHECK(first.freed == 2);
    REFUSED(createaccount_config_set_transport(NULL, canned_send, &first, canned_free, NULL));
    CHECK(first.freed == 2);
    createaccount_config_free(config);
}

/* Arguments are copied: what was handed over can be overwritten right after. */
static void arguments_are_copied(void)
{
    struct canned canned = {0, 0, CANNED_PASS, false};
    createaccount_client *client = canned_client(&canned), *loaded = NULL;
    createaccount_config *config = createaccount_config_new();
    char name[] = "username", value[] = "Canned", agent[] = "test/1.0";
    createaccount_step *step = NULL;
    uint8_t *data = NULL;
    uint8_t key[32] = {7}, other[32] = {8};
    size_t length = 0;

    begin(client);
    OK(createaccount_client_set_field(client, name, value, NULL));
    memset(name, 'x', sizeof name - 1);
    memset(value, 'x', sizeof value - 1);
    OK(createaccount_client_set_field(client, "password", "secret-10000000", NULL));
    OK(createaccount_client_save(client, &data, &length, NULL));
    createaccount_client_free(client);

    OK(createaccount_config_set_user_agent(config, agent, NULL));
    OK(createaccount_config_set_transport(config, canned_send, &canned, NULL, NULL));
    memset(agent, '\n', sizeof agent - 1);
    OK(createaccount_config_set_seal_key(config, other, sizeof other, NULL));
    OK(createaccount_config_add_open_key(config, key, sizeof key, NULL));
    memset(other, 0, sizeof other);
    memset(key, 0, sizeof key);
    REFUSED(createaccount_client_load("https://wiki.example/api.php", data, length, config, &loaded, NULL));
    OK(createaccount_config_set_seal_key(config, NULL, 0, NULL));
    REFUSED(createaccount_client_load("https://wiki.example/api.php", data, length, config, &loaded, NULL));
    createaccount_config_free(config);
    config = createaccount_config_new();
    OK(createaccount_config_set_transport(config, canned_send, &canned, NULL, NULL));
    OK(createaccount_client_load("https://wiki.example/api.php", data, length, config, &loaded, NULL));
    createaccount_bytes_free(data, length);
    createaccount_config_free(config);
    CHECK(kind_of_step(loaded) == CREATEACCOUNT_STEP_FORM);
    REFUSED(createaccount_client_submit(loaded, &step, NULL)); /* values are not part of what is saved */
    OK(createaccount_client_set_field(loaded, "username", "Canned", NULL));
    OK(createaccount_client_set_field(loaded, "password", "secret-10000000", NULL));
    OK(createaccount_client_submit(loaded, &step, NULL));
    CHECK(createaccount_step_kind(step) == CREATEACCOUNT_STEP_PASS);
    createaccount_step_free(step);
    createaccount_client_free(loaded);
}

int main(void)
{
    steps_outlive_the_client();
    the_clients_step_is_the_callers();
    user_data_is_freed_once();
    arguments_are_copied();
    return 0;
}
