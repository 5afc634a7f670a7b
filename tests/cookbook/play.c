/* Plays a recipe of the cookbook, which stand above this: cookbook RECIPE API_URL */

#include <stdlib.h>
#include <string.h>

static createaccount_status_t begin_with(createaccount_client *client, createaccount_error **error)
{
    createaccount_step *form = NULL;
    createaccount_status_t status = createaccount_client_begin(client, 0, &form, error);

    createaccount_step_free(form);
    return status;
}

static createaccount_status_t finish(createaccount_client *client, createaccount_error **error)
{
    createaccount_step *step = NULL;
    createaccount_status_t status = createaccount_client_set_field(client, "username", "Reader", error);

    if (status == CREATEACCOUNT_STATUS_OK) {
        status = createaccount_client_set_field(client, "password", "correct horse battery", error);
    }
    if (status == CREATEACCOUNT_STATUS_OK) {
        status = submit_for_sure(client, &step, error);
    }
    if (status == CREATEACCOUNT_STATUS_OK) {
        printf("%s\n", createaccount_step_status(step));
    }
    createaccount_step_free(step);
    return status;
}

static createaccount_status_t save_and_go_on(const char *api_url, createaccount_error **error)
{
    const uint8_t key[32] = "a key of thirty-two bytes, sort";
    FILE *file = tmpfile();
    createaccount_config *config = createaccount_config_new();
    createaccount_client *first = NULL, *second = NULL;
    createaccount_status_t status;

    createaccount_config_set_seal_key(config, key, sizeof key, NULL);
    status = createaccount_client_new(api_url, config, &first, error);
    createaccount_config_free(config);
    if (status == CREATEACCOUNT_STATUS_OK) {
        status = begin_with(first, error);
    }
    if (status == CREATEACCOUNT_STATUS_OK) {
        status = save_for_later(first, file, error);
    }
    if (status == CREATEACCOUNT_STATUS_OK) {
        rewind(file);
        status = go_on(api_url, file, key, &second, error);
    }
    if (status == CREATEACCOUNT_STATUS_OK) {
        status = finish(second, error);
    }
    createaccount_client_free(first);
    createaccount_client_free(second);
    fclose(file);
    return status;
}

static createaccount_status_t log_what_it_does(const char *api_url, createaccount_error **error)
{
    createaccount_client *client = NULL;
    createaccount_status_t status = client_that_logs(api_url, &client, error);

    if (status == CREATEACCOUNT_STATUS_OK) {
        status = begin_with(client, error);
    }
    createaccount_client_free(client);
    return status;
}

static createaccount_status_t intranet(createaccount_error **error)
{
    createaccount_client *client = NULL;
    createaccount_status_t status = behind_a_proxy(&client, error);

    createaccount_client_free(client);
    return status;
}

static createaccount_status_t play(const char *recipe, const char *api_url, createaccount_error **error)
{
    createaccount_client *client = NULL;
    createaccount_status_t status;

    if (strcmp(recipe, "save_and_go_on") == 0) {
        return save_and_go_on(api_url, error);
    }
    if (strcmp(recipe, "log") == 0) {
        return log_what_it_does(api_url, error);
    }
    if (strcmp(recipe, "behind_a_proxy") == 0) {
        return intranet(error);
    }
    status = createaccount_client_new(api_url, NULL, &client, error);
    if (status != CREATEACCOUNT_STATUS_OK) {
        return status;
    }
    if (strcmp(recipe, "check_a_name") == 0) {
        status = check_a_name(client, error);
    } else if (strcmp(recipe, "keep_what_was_right") == 0) {
        status = keep_what_was_right(client, error);
    } else if (strcmp(recipe, "show_the_picture") == 0) {
        status = show_the_picture(client, error);
    } else if (strcmp(recipe, "cancel") == 0) {
        status = cancel(client, error);
    } else if (strcmp(recipe, "wait_after_a_rate_limit") == 0) {
        wait_after_a_rate_limit(client);
    } else if (strcmp(recipe, "outcome_unknown") == 0) {
        status = begin_with(client, error);
        if (status == CREATEACCOUNT_STATUS_OK) {
            status = finish(client, error);
        }
    } else {
        fprintf(stderr, "There is no recipe %s.\n", recipe);
        exit(2);
    }
    createaccount_client_free(client);
    return status;
}

int main(int argc, char **argv)
{
    createaccount_error *error = NULL;

    if (argc != 3) {
        return 2;
    }
    if (play(argv[1], argv[2], &error) != CREATEACCOUNT_STATUS_OK) {
        fprintf(stderr, "%s\n", createaccount_error_message(error));
        createaccount_error_free(error);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
