/* What the programs of this folder share. Each ends with status 0 when all of its checks hold. */
#ifndef CHECK_H
#define CHECK_H

#include <createaccount.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                    \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            exit(1);                                                        \
        }                                                                   \
    } while (0)

#define OK(call) CHECK((call) == CREATEACCOUNT_STATUS_OK)
#define REFUSED(call) CHECK((call) == CREATEACCOUNT_STATUS_INVALID_ARGUMENT)
#define TOO_EARLY(call) CHECK((call) == CREATEACCOUNT_STATUS_INVALID_STATE)

#define SAME(text, expected) CHECK((text) != NULL && strcmp((text), (expected)) == 0)

/* The kind of the client's own step, which there is. */
static inline createaccount_step_kind_t kind_of_step(createaccount_client *client)
{
    createaccount_step *step = createaccount_client_step(client);
    createaccount_step_kind_t kind = createaccount_step_kind(step);

    CHECK(step != NULL);
    createaccount_step_free(step);
    return kind;
}

/* A Latin-1 string, which is not UTF-8. */
#define LATIN1 "caf\xe9"

/* A wiki with one request, as api.php lists it; one label holds U+0000. */
#define CANNED_FORM                                                                                          \
    "{\"batchcomplete\":true,\"query\":{\"authmanagerinfo\":{\"cancreateaccounts\":true,\"requests\":[{"     \
    "\"id\":\"PasswordRequest\",\"metadata\":{\"a\":1},\"required\":\"primary-required\",\"provider\":"      \
    "\"Passwords\","                                                                                         \
    "\"account\":\"Local\",\"fields\":{"                                                                     \
    "\"username\":{\"type\":\"string\",\"label\":\"User\\u0000name\",\"help\":\"Your name.\"},"              \
    "\"password\":{\"type\":\"password\",\"label\":\"Password\",\"help\":\"\",\"sensitive\":true},"          \
    "\"colour\":{\"type\":\"select\",\"label\":\"Colour\",\"help\":\"\",\"optional\":true,\"options\":"      \
    "{\"red\":\"Red\",\"green\":\"Green\"}}}}]},\"tokens\":{\"createaccounttoken\":\"token-10000000+\\\\\"}" \
    "}}"

#define CANNED_PASS "{\"createaccount\":{\"status\":\"PASS\",\"username\":\"Canned\"}}"

/* A transport that plays such a wiki. */
struct canned {
    int sent;           /* requests so far */
    int freed;          /* calls of canned_free */
    const char *answer; /* to a POST; NULL to fail it */
    bool not_sent;      /* what it says of a failed POST */
};

static inline int32_t canned_send(void *user_data, const createaccount_http_request *request,
                                  createaccount_http_response *response)
{
    struct canned *canned = (struct canned *)user_data;
    const char *answer = CANNED_FORM;

    canned->sent++;
    if (strcmp(createaccount_http_request_method(request), "POST") == 0)
        answer = canned->answer;
    if (answer == NULL) {
        createaccount_http_response_set_error(response, "The canned wiki is out of order.");
        if (canned->not_sent)
            createaccount_http_response_set_not_sent(response);
        return 7;
    }
    createaccount_http_response_set_status(response, 200);
    createaccount_http_response_add_header(response, "Content-Type", "application/json; charset=utf-8");
    createaccount_http_response_add_header(response, "Set-Cookie", "session=cookie-10000000; path=/");
    CHECK(createaccount_http_response_append_body(response, (const uint8_t *)answer, strlen(answer)));
    return 0;
}

static inline void canned_free(void *user_data)
{
    ((struct canned *)user_data)->freed++;
}

static inline createaccount_client *canned_client(struct canned *canned)
{
    createaccount_config *config = createaccount_config_new();
    createaccount_client *client = NULL;

    OK(createaccount_config_set_transport(config, canned_send, canned, canned_free, NULL));
    OK(createaccount_client_new("https://wiki.example/api.php", config, &client, NULL));
    createaccount_config_free(config);
    return client;
}

static inline void begin(createaccount_client *client)
{
    createaccount_step *step = NULL;

    OK(createaccount_client_begin(client, 0, &step, NULL));
    createaccount_step_free(step);
}

#endif
