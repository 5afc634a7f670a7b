/*
 * Makes an account on a wiki, step by step, on the terminal.
 *
 *   signup API_URL [NAME=VALUE...] [--then NAME=VALUE...]... [--listen PORT] [--visit]
 *
 * NAME=VALUE answers a field beforehand (for a checkbox or button 1 or 0, for several choices with commas in
 * between). Where a step has such answers, only what is missing is asked for; elsewhere everything is. After
 * a failure the answers behind the next --then are taken.
 *
 *   --listen PORT   where to wait on 127.0.0.1 for the return from a third party (any free port if not given)
 *   --visit         go to the third party ourselves, over plain HTTP, as a browser without a person would
 *
 * The exit status is 0 only when the account was made.
 */
#define _POSIX_C_SOURCE 200809L

#include "loopback.h"

#include <createaccount.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static createaccount_client *client;
static createaccount_error *error; /* of the last call that failed */

/* The answers given as arguments, up to the next --then. One that was used is NULL. */
static char **given, **given_end, **arguments_end;

static int listener = -1;
static char return_url[128];
static bool visits;

/* ---- The terminal ----------------------------------------------------------------------------------- */

/* Asks for a line, without showing it if it is secret. NULL at the end of the input. */
static char *ask(const char *what, bool secret)
{
    static char text[4096];
    struct termios shown, hidden;
    bool hides = secret && tcgetattr(STDIN_FILENO, &shown) == 0;
    char *line;

    printf("%s: ", what);
    fflush(stdout);
    if (hides) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    line = fgets(text, sizeof text, stdin);
    if (hides)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    if (hides || line == NULL)
        putchar('\n');
    if (line != NULL)
        line[strcspn(line, "\r\n")] = '\0';
    return line;
}

/* ---- Answering a form ------------------------------------------------------------------------------- */

/* The argument that answers a field: where its value is kept, or NULL. */
static char **argument_for(const createaccount_field *field)
{
    const char *name = createaccount_field_name(field);
    size_t length = strlen(name);

    for (char **argument = given; argument < given_end; argument++)
        if (*argument != NULL && strncmp(*argument, name, length) == 0 && (*argument)[length] == '=')
            return argument;
    return NULL;
}

static createaccount_status_t set(const createaccount_field *field, char *value)
{
    const char *name = createaccount_field_name(field);
    createaccount_status_t status;

    if (createaccount_field_type(field) != CREATEACCOUNT_FIELD_TYPE_MULTISELECT)
        return createaccount_client_set_field(client, name, value, &error);
    /* No choice, even if some are preset. */
    status = createaccount_client_set_field(client, name, "", &error);
    for (value = strtok(value, ","); value != NULL && status == CREATEACCOUNT_STATUS_OK;
         value = strtok(NULL, ","))
        status = createaccount_client_add_choice(client, name, value, &error);
    return status;
}

static const char *hint(createaccount_field_type_t type)
{
    switch (type) {
    case CREATEACCOUNT_FIELD_TYPE_CHECKBOX:
    case CREATEACCOUNT_FIELD_TYPE_BUTTON: return " [1 for yes, 0 for no]";
    case CREATEACCOUNT_FIELD_TYPE_MULTISELECT: return " [a,b,c or a comma for none]";
    default: return "";
    }
}

/* Answers a field from the terminal. An empty line leaves it as the wiki has it. */
static createaccount_status_t answer(const createaccount_field *field)
{
    bool secret = createaccount_field_is_sensitive(field);
    createaccount_status_t status = CREATEACCOUNT_STATUS_OK;
    char what[512];
    char *line;

    if (*createaccount_field_help(field) != '\0')
        printf("  %s\n", createaccount_field_help(field));
    for (size_t i = 0; i < createaccount_field_choice_count(field); i++)
        printf("  %s: %s%s\n", createaccount_field_choice_value_at(field, i),
               createaccount_field_choice_label_at(field, i),
               createaccount_field_choice_is_preset_at(field, i) ? " (without an answer)" : "");
    if (createaccount_field_value(field) != NULL && !secret)
        printf("  Without an answer: %s\n", createaccount_field_value(field));
    snprintf(what, sizeof what, "%s%s%s", createaccount_field_label(field),
             hint(createaccount_field_type(field)),
             createaccount_field_is_required(field) ? " (required)" : "");
    line = ask(what, secret);
    if (line != NULL && *line != '\0') {
        status = set(field, line);
        memset(line, 0, strlen(line)); /* the library wipes its copy, and we ours */
    }
    return status;
}

/* Whether a field belongs to the captcha, which is shown as a whole. */
static bool is_of_captcha(const createaccount_captcha *captcha, const char *name)
{
    for (size_t i = 0; i < createaccount_captcha_field_count(captcha); i++) {
        if (strcmp(createaccount_captcha_field_at(captcha, i), name) == 0)
            return true;
    }
    return false;
}

/* Shows what has to be done for a captcha. */
static void show_captcha(const createaccount_captcha *captcha)
{
    char path[] = "/tmp/captcha-XXXXXX";
    uint8_t *picture = NULL;
    size_t length = 0;
    int file;

    switch (createaccount_captcha_kind(captcha)) {
    case CREATEACCOUNT_CAPTCHA_IMAGE:
        if (createaccount_client_captcha_image(client, &picture, &length, NULL) == CREATEACCOUNT_STATUS_OK &&
            (file = mkstemp(path)) >= 0 && write(file, picture, length) == (ssize_t)length &&
            close(file) == 0)
            printf("Read the letters of the picture %s\n", path);
        createaccount_bytes_free(picture, length);
        break;
    case CREATEACCOUNT_CAPTCHA_WIDGET:
        printf("Solve the captcha of %s with the site key %s in a browser; its token is the answer.\n",
               createaccount_captcha_service_name(createaccount_captcha_service(captcha)),
               createaccount_captcha_site_key(captcha));
        break;
    default: printf("%s\n", createaccount_captcha_text(captcha));
    }
}

/* The field that the last error is about, or NULL. */
static const createaccount_field *wrong_field(const createaccount_step *step)
{
    const char *name = createaccount_error_field(error);

    for (size_t i = 0; name != NULL && i < createaccount_step_field_count(step); i++)
        if (strcmp(createaccount_field_name(createaccount_step_field_at(step, i)), name) == 0)
            return createaccount_step_field_at(step, i);
    return NULL;
}

/* Shows a form, collects the answers, and submits them. */
static createaccount_status_t fill_in(const createaccount_step *step, createaccount_step **next)
{
    const createaccount_captcha *captcha = createaccount_step_captcha(step);
    const createaccount_field *wrong;
    size_t count = createaccount_step_field_count(step);
    createaccount_status_t status = CREATEACCOUNT_STATUS_OK;
    bool prepared = false;

    printf("\n%s\n",
           createaccount_step_message(step) != NULL ? createaccount_step_message(step) : "The wiki asks:");
    if (captcha != NULL)
        show_captcha(captcha);
    for (size_t i = 0; i < count; i++)
        prepared = prepared || argument_for(createaccount_step_field_at(step, i)) != NULL;

    for (size_t i = 0; i < count && status == CREATEACCOUNT_STATUS_OK; i++) {
        const createaccount_field *field = createaccount_step_field_at(step, i);
        const char *label = createaccount_field_label(field);
        char **argument = argument_for(field);

        if (createaccount_field_type(field) == CREATEACCOUNT_FIELD_TYPE_NULL) {
            if (!is_of_captcha(captcha, createaccount_field_name(field)))
                printf("%s: %s\n", label, createaccount_field_value(field));
        } else if (argument != NULL) {
            char *value = strchr(*argument, '=') + 1;
            printf("%s: %s\n", label, createaccount_field_is_sensitive(field) ? "***" : value);
            status = set(field, value);
            *argument = NULL;
        } else if (createaccount_field_asks(field) && !prepared) {
            status = answer(field);
        }
    }
    if (status == CREATEACCOUNT_STATUS_OK)
        status = createaccount_client_submit(client, next, &error);

    /* Nothing was sent, and the other answers are kept: ask for the one that is wrong. */
    while (status == CREATEACCOUNT_STATUS_INVALID_ARGUMENT && !feof(stdin) &&
           (wrong = wrong_field(step)) != NULL) {
        printf("%s\n", createaccount_error_message(error));
        createaccount_error_free(error);
        error = NULL;
        status = answer(wrong);
        if (status == CREATEACCOUNT_STATUS_OK)
            status = createaccount_client_submit(client, next, &error);
    }
    return status;
}

/* Sends the person to a third party, waits for the return, and resumes with what it brings. */
static createaccount_status_t go_away(const createaccount_step *step, createaccount_step **next)
{
    static char url[65536 + sizeof return_url], body[65536];
    const char *target = createaccount_step_redirect_target(step);

    printf("\nGo to %s\nand come back.\n", target);
    fflush(stdout);
    if (visits && fork() == 0) {
        loopback_visit(target);
        _exit(0);
    }
    loopback_wait(listener, return_url, url, sizeof url, body, sizeof body);
    while (wait(NULL) > 0)
        continue;
    return createaccount_client_resume(client, url, (const uint8_t *)body, strlen(body), next, &error);
}

/* ---- The sign-up ------------------------------------------------------------------------------------ */

/* Takes the answers up to the next --then. False if there are none. */
static bool next_answers(void)
{
    if (given_end == arguments_end)
        return false;
    given = ++given_end;
    while (given_end < arguments_end && strcmp(*given_end, "--then") != 0)
        given_end++;
    return true;
}

static void show_failure(const createaccount_step *step)
{
    const char *message = createaccount_step_message(step);
    const char *reason = createaccount_reason_name(createaccount_step_reason(step));

    printf("\nFailed (%s): %s\n", reason, message != NULL ? message : "");
    if (createaccount_step_retry_after(step) >= 0)
        printf("Try again in %lld seconds.\n", (long long)createaccount_step_retry_after(step));
}

/* Goes from step to step until one is final. */
static bool sign_up(void)
{
    createaccount_step *step = NULL;
    createaccount_status_t status = createaccount_client_begin(client, 0, &step, &error);
    bool made = false, ended = false;

    while (status == CREATEACCOUNT_STATUS_OK && !ended) {
        createaccount_step *next = NULL;
        uint32_t keep = createaccount_step_can_preserve_state(step) ? CREATEACCOUNT_BEGIN_PRESERVE_STATE : 0;

        switch (createaccount_step_kind(step)) {
        case CREATEACCOUNT_STEP_FORM:
        case CREATEACCOUNT_STEP_UI: status = fill_in(step, &next); break;
        case CREATEACCOUNT_STEP_REDIRECT: status = go_away(step, &next); break;
        case CREATEACCOUNT_STEP_RESTART:
            puts("\nThere is no account for this login yet; it will belong to the new one.");
            status = createaccount_client_begin(client, keep, &next, &error);
            break;
        case CREATEACCOUNT_STEP_FAIL:
            show_failure(step);
            ended = !next_answers() && !isatty(STDIN_FILENO);
            if (!ended)
                status = createaccount_client_begin(client, keep, &next, &error);
            break;
        case CREATEACCOUNT_STEP_PASS:
            printf("\nThe account %s is made.\n", createaccount_step_username(step));
            made = ended = true;
            break;
        default:
            printf("\nThe wiki answered %s, which this program does not know.\n",
                   createaccount_step_status(step));
            ended = true;
        }
        if (status == CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN) {
            printf("\n%s\nAsking ...\n", createaccount_error_message(error));
            createaccount_error_free(error);
            error = NULL;
            status = createaccount_client_reconcile(client, &next, &error);
        }
        createaccount_step_free(step);
        step = next;
    }
    createaccount_step_free(step);
    return made;
}

int main(int argc, char **argv)
{
    createaccount_config *config;
    int port = 0, count = 0;
    bool made = false;

    /* Options are taken out; what remains is the address, and the groups of answers with --then in between.
     */
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--listen") == 0 && i + 1 < argc)
            port = atoi(argv[++i]);
        else if (strcmp(argv[i], "--visit") == 0)
            visits = true;
        else
            argv[count++] = argv[i];
    }
    if (count == 0 || argv[0][0] == '-' ||
        (listener = loopback_open(port, return_url, sizeof return_url)) < 0) {
        fputs("usage: signup API_URL [NAME=VALUE...] [--then NAME=VALUE...]... [--listen PORT] [--visit]\n",
              stderr);
        return 2;
    }
    given_end = argv; /* as if the address were a --then */
    arguments_end = argv + count;
    next_answers();

    config = createaccount_config_new();
    createaccount_config_set_user_agent(
        config, "createaccount-example/1.0 (https://www.mediawiki.org/wiki/API:Account_creation)", NULL);
    createaccount_config_set_return_url(config, return_url, NULL);
    if (createaccount_client_new(argv[0], config, &client, &error) == CREATEACCOUNT_STATUS_OK)
        made = sign_up();
    if (error != NULL)
        fprintf(stderr, "%s\n", createaccount_error_message(error));
    createaccount_error_free(error);
    createaccount_client_free(client);
    createaccount_config_free(config);
    close(listener);
    return made ? 0 : 1;
}
