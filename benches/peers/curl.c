/* The same by hand, with libcurl and jansson, over one handle that is kept. Usage: curl API_URL ACCOUNTS (new|same): a token
 * for each account, or one for all. */
#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct body {
    char *bytes;
    size_t length;
};

static size_t append(char *bytes, size_t size, size_t count, void *user_data)
{
    struct body *body = user_data;
    char *larger = realloc(body->bytes, body->length + size * count);

    if (larger == NULL)
        return 0;
    body->bytes = larger;
    memcpy(body->bytes + body->length, bytes, size * count);
    body->length += size * count;
    return size * count;
}

/* The wiki's JSON; the caller frees it. */
static json_t *request(CURL *curl, const char *url, const char *form)
{
    struct body body = {NULL, 0};
    json_t *json;

    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    if (form != NULL)
        curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, form);
    else
        curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    if (curl_easy_perform(curl) != CURLE_OK)
        exit(1);
    json = json_loadb(body.bytes, body.length, 0, NULL);
    free(body.bytes);
    return json;
}

int main(int argc, char **argv)
{
    CURL *curl = curl_easy_init();
    char *token = NULL;

    if (argc != 4)
        return 2;
    curl_easy_setopt(curl, CURLOPT_COOKIEFILE, "");
    /* As the library does by itself. */
    if (getenv("SSL_CERT_FILE") != NULL)
        curl_easy_setopt(curl, CURLOPT_CAINFO, getenv("SSL_CERT_FILE"));
    for (int account = 0; account < atoi(argv[2]); account++) {
        char url[1024], form[1024];
        const char *text;
        json_t *json;

        if (token == NULL || strcmp(argv[3], "new") == 0) {
            curl_easy_setopt(curl, CURLOPT_COOKIELIST, "ALL");
            snprintf(url, sizeof url,
                     "%s?action=query&meta=authmanagerinfo%%7Ctokens&amirequestsfor=create&type=createaccount"
                     "&format=json&formatversion=2",
                     argv[1]);
            json = request(curl, url, NULL);
            json_unpack(json, "{s:{s:{s:s}}}", "query", "tokens", "createaccounttoken", &text);
            curl_free(token);
            token = curl_easy_escape(curl, text, 0);
            json_decref(json);
        }
        snprintf(form, sizeof form,
                 "action=createaccount&createreturnurl=http%%3A%%2F%%2F127.0.0.1%%2F&format=json&formatversion=2"
                 "&username=Bench&password=correct+horse+7&retype=correct+horse+7&createtoken=%s",
                 token);
        json = request(curl, argv[1], form);
        if (json_unpack(json, "{s:{s:s}}", "createaccount", "status", &text) != 0 || strcmp(text, "PASS") != 0)
            return 1;
        json_decref(json);
    }
    curl_free(token);
    curl_easy_cleanup(curl);
    return 0;
}
