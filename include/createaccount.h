/*
 * createaccount.h: make accounts on MediaWiki wikis (action=createaccount)
 *
 * Made by cbindgen from the sources of libcreateaccount; do not edit.
 * Licence: MIT or Apache-2.0.
 *
 *
 * INTRODUCTION
 *
 * MediaWiki makes accounts in steps: it lists fields, takes their values, and answers with success,
 * failure, further fields, or a redirect to a third party. A client goes through these steps with
 * one wiki. Each call sends what is needed and gives the wiki's answer, a step, until the step is
 * final:
 *
 *             begin                submit                 submit / resume
 *   client ---------> FORM ---------------> UI | REDIRECT ---------------> ...  --> PASS
 *                                                                               --> FAIL      begin again
 *                                                                               --> RESTART   begin again, keeping the login
 *                      (answer lost on the way)  --> OUTCOME_UNKNOWN  --> reconcile --> PASS | UI | FAIL
 *
 * A complete program (cc program.c -lcreateaccount). It is kept short; the example signup.c has
 * what real users need.
 *
 *   #include <createaccount.h>
 *   #include <stdio.h>
 *   #include <string.h>
 *
 *   static const char *ask(const char *what)
 *   {
 *       static char line[256];
 *       printf("%s: ", what);
 *       if (fgets(line, sizeof line, stdin) == NULL)
 *           return "";
 *       line[strcspn(line, "\n")] = '\0';
 *       return line;
 *   }
 *
 *   int main(int argc, char **argv)
 *   {
 *       createaccount_config *config = createaccount_config_new();
 *       createaccount_client *client = NULL;
 *       createaccount_step *step = NULL;
 *       createaccount_error *error = NULL;
 *       createaccount_status_t status;
 *       const char *message;
 *       bool made = false, ended = false;
 *
 *       createaccount_config_set_user_agent(config, "signup/1.0 (me@example.org)", NULL);
 *       status = createaccount_client_new(argc > 1 ? argv[1] : NULL, config, &client, &error);
 *       createaccount_config_free(config);
 *       if (status == CREATEACCOUNT_STATUS_OK)
 *           status = createaccount_client_begin(client, 0, &step, &error);
 *       while (status == CREATEACCOUNT_STATUS_OK && !ended) {
 *           createaccount_step *next = NULL;
 *           switch (createaccount_step_kind(step)) {
 *           case CREATEACCOUNT_STEP_FORM:
 *           case CREATEACCOUNT_STEP_UI:
 *               for (size_t i = 0; i < createaccount_step_field_count(step); i++) {
 *                   const createaccount_field *field = createaccount_step_field_at(step, i);
 *                   const char *value = createaccount_field_asks(field) ? ask(createaccount_field_label(field)) : "";
 *                   if (*value != '\0' && status == CREATEACCOUNT_STATUS_OK)
 *                       status = createaccount_client_set_field(client, createaccount_field_name(field), value, &error);
 *               }
 *               if (status == CREATEACCOUNT_STATUS_OK)
 *                   status = createaccount_client_submit(client, &next, &error);
 *               break;
 *           case CREATEACCOUNT_STEP_REDIRECT:
 *               printf("Visit %s\n", createaccount_step_redirect_target(step));
 *               status = createaccount_client_resume(client, ask("Address you came back to"), NULL, 0, &next, &error);
 *               break;
 *           case CREATEACCOUNT_STEP_RESTART:
 *               status = createaccount_client_begin(client, CREATEACCOUNT_BEGIN_PRESERVE_STATE, &next, &error);
 *               break;
 *           case CREATEACCOUNT_STEP_PASS:
 *               printf("Made the account %s.\n", createaccount_step_username(step));
 *               made = ended = true;
 *               break;
 *           default:
 *               message = createaccount_step_message(step);
 *               printf("%s: %s\n", createaccount_step_status(step), message != NULL ? message : "no account");
 *               ended = true;
 *           }
 *           if (status == CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN) {
 *               createaccount_error_free(error);
 *               error = NULL;
 *               status = createaccount_client_reconcile(client, &next, &error);
 *           }
 *           createaccount_step_free(step);
 *           step = next;
 *       }
 *       if (status != CREATEACCOUNT_STATUS_OK)
 *           fprintf(stderr, "%s\n", createaccount_error_message(error));
 *       createaccount_error_free(error);
 *       createaccount_step_free(step);
 *       createaccount_client_free(client);
 *       return made ? 0 : 1;
 *   }
 *
 *
 * RULES
 *
 * Answers and errors. An answer of the wiki is a step, even if it is FAIL. Errors are for misuse,
 * network failures, API errors of the wiki, and outcomes that are unknown because an answer was
 * lost.
 *
 * Statuses. Every function that can fail returns a createaccount_status_t. Its last parameter
 * `error` may be NULL; if it is not, *error is written on failure, and only then: free it with
 * createaccount_error_free. Outputs come just before it and are written on success, and only then.
 * NULL for a required argument gives CREATEACCOUNT_STATUS_INVALID_ARGUMENT; getters that are given
 * NULL return NULL, 0, false or what their comment says.
 *
 * Ownership. A pointer that a function returns is borrowed from the object that is its first
 * argument, and lives as long as that object; strings from functions without such an argument live
 * as long as the library is loaded. The exceptions are createaccount_config_new and
 * createaccount_client_step, whose results the caller frees. What a function writes to an output
 * belongs to the caller, who frees it with the _free function of its type. Every _free function
 * accepts NULL. Owned objects do not depend on each other: they can be freed in any order.
 * Arguments are copied; they can be changed or freed right after the call.
 *
 * Strings in both directions are UTF-8 and end in NUL. An argument that is not UTF-8 is refused (in
 * a transport's response, invalid bytes are replaced by U+FFFD). Texts of the wiki that are meant
 * to be shown have at most 16 KiB and no control characters except tabs and line feeds; names and
 * values that go back to the wiki are as it sent them, except that U+0000 is replaced by U+FFFD.
 * Escape both when you show them.
 *
 * Threads. A client or a config must be used by only one thread at a time, except that any thread
 * may call createaccount_client_cancel. Steps, errors and verdicts never change: any number of
 * threads may read them at once. Different clients are independent of each other.
 *
 * Callbacks run on the thread that made the call. Until they return, calls on that client fail with
 * CREATEACCOUNT_STATUS_INVALID_STATE, except createaccount_client_cancel, and the client must not
 * be freed. They must return normally: they must not throw, call longjmp, or end the thread
 * (pthread_exit, pthread_cancel). C++ programs can use createaccount.hpp, which catches the
 * exceptions of callbacks.
 *
 * Secrets. The library logs none, keeps none longer than it has to, and overwrites its copies of
 * passwords, tokens and cookies, as far as the layers below allow. Wiping your own copies is up to
 * you.
 *
 * Versions. Functions and numbers of this header keep their meaning within a major version or,
 * while that is 0, within a minor version; the numbers of enumerators never change. Later versions
 * may add functions and enumerators, so a switch over an enumeration needs a default. The types of
 * enumerations end in _t, those of callbacks in _fn.
 */


#ifndef CREATEACCOUNT_H
#define CREATEACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The version of this header; createaccount_version_number() gives that of the library. */
#define CREATEACCOUNT_VERSION_MAJOR 0
#define CREATEACCOUNT_VERSION_MINOR 1
#define CREATEACCOUNT_VERSION_PATCH 0
/* major * 10000 + minor * 100 + patch */
#define CREATEACCOUNT_VERSION_NUMBER 100
/* Whether a library with this createaccount_version_number() fits a program compiled with this header: it must
 * not be older, and must have the same major version or, while that is 0, the same minor version. */
#define CREATEACCOUNT_VERSION_FITS(number) ((number) >= CREATEACCOUNT_VERSION_NUMBER && (number) < 200)

/* Marks each function of the library as imported or exported. Programs that link the library statically on Windows define
 * CREATEACCOUNT_STATIC. */
#ifndef CREATEACCOUNT_API
#if defined(_WIN32) && !defined(CREATEACCOUNT_STATIC)
#define CREATEACCOUNT_API __declspec(dllimport)
#elif defined(__GNUC__)
#define CREATEACCOUNT_API __attribute__((visibility("default")))
#else
#define CREATEACCOUNT_API
#endif
#endif

/* Marks each function whose result must be used. */
#ifndef CREATEACCOUNT_MUST_USE
#if defined(__GNUC__)
#define CREATEACCOUNT_MUST_USE __attribute__((warn_unused_result))
#else
#define CREATEACCOUNT_MUST_USE
#endif
#endif

/**
 * How a call ended: the kinds of errors that a program can react to.
 *
 * A refusal by the wiki (FAIL) is not among them: it is an answer, and comes as a step. Numbers
 * never change, and new ones may be added; treat an unknown one as an error of an unknown kind.
 */
typedef enum {
    /**
     * The call succeeded, and its outputs are written.
     */
    CREATEACCOUNT_STATUS_OK = 0,
    /**
     * An argument, setting or field value cannot be used: it is NULL, not UTF-8, or not what the
     * form takes. createaccount_error_field names it. Nothing was sent.
     */
    CREATEACCOUNT_STATUS_INVALID_ARGUMENT = 1,
    /**
     * The call does not fit the state of the client: nothing to submit yet, another thread is using the
     * client, or the client was stopped by CREATEACCOUNT_STATUS_PANIC. Nothing was sent.
     */
    CREATEACCOUNT_STATUS_INVALID_STATE = 2,
    /**
     * Name resolution, connection, TLS or HTTP failed. No account was made by this call.
     */
    CREATEACCOUNT_STATUS_TRANSPORT = 3,
    /**
     * A time limit passed. No account was made by this call.
     */
    CREATEACCOUNT_STATUS_TIMEOUT = 4,
    /**
     * createaccount_client_cancel was called, or the interrupt callback returned true. No account was made by
     * this call.
     */
    CREATEACCOUNT_STATUS_CANCELLED = 5,
    /**
     * The wiki answered with an API error; createaccount_error_api_code has its code. Nothing was executed.
     */
    CREATEACCOUNT_STATUS_API = 6,
    /**
     * The answer is not what MediaWiki sends. If it answers a creation, it does not say for
     * certain whether the account was made: the attempt is remembered, and
     * createaccount_client_reconcile can check it again.
     */
    CREATEACCOUNT_STATUS_PROTOCOL = 7,
    /**
     * A callback of the program failed. The library returns this status for no other reason.
     */
    CREATEACCOUNT_STATUS_CALLBACK = 8,
    /**
     * A bug in this library stopped the call. If it was a call on a client, that client can no
     * longer be used: every further call on it fails with CREATEACCOUNT_STATUS_INVALID_STATE. Free
     * it.
     */
    CREATEACCOUNT_STATUS_PANIC = 9,
    /**
     * A request that may make the account was sent, and its answer was lost or is not conclusive.
     * Do not ask the person to try again: createaccount_client_reconcile finds out what became of
     * it.
     */
    CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN = 10,
} createaccount_status_t;

/**
 * What is wrong with a value that was refused before anything was sent, for programs that report
 * it in their own words. createaccount_error_field says which value it was. Numbers never change,
 * and new ones may be added: treat an unknown one as CREATEACCOUNT_PROBLEM_INVALID.
 */
typedef enum {
    /**
     * No value was refused: the error is of another kind.
     */
    CREATEACCOUNT_PROBLEM_NONE = 0,
    /**
     * It is unusable for another reason, which the message gives; usually it is a setting.
     */
    CREATEACCOUNT_PROBLEM_INVALID = 1,
    /**
     * It is missing, or NULL.
     */
    CREATEACCOUNT_PROBLEM_REQUIRED = 2,
    /**
     * A checkbox must be ticked.
     */
    CREATEACCOUNT_PROBLEM_NOT_TICKED = 3,
    /**
     * A button must be pressed.
     */
    CREATEACCOUNT_PROBLEM_NOT_PRESSED = 4,
    /**
     * It is not one of the choices.
     */
    CREATEACCOUNT_PROBLEM_NOT_A_CHOICE = 5,
    /**
     * It is not of the field's type: for instance choices for a text field, or neither "1" nor "0"
     * for a checkbox.
     */
    CREATEACCOUNT_PROBLEM_WRONG_TYPE = 6,
    /**
     * It holds a character that wikis silently replace.
     */
    CREATEACCOUNT_PROBLEM_CONTROL_CHARACTER = 7,
    /**
     * It is not valid UTF-8.
     */
    CREATEACCOUNT_PROBLEM_NOT_UTF8 = 8,
    /**
     * The wiki does not have this field.
     */
    CREATEACCOUNT_PROBLEM_UNKNOWN_FIELD = 9,
    /**
     * The wiki does not have this request.
     */
    CREATEACCOUNT_PROBLEM_UNKNOWN_REQUEST = 10,
    /**
     * More requests are named than the wiki accepts.
     */
    CREATEACCOUNT_PROBLEM_TOO_MANY = 11,
    /**
     * The field is hidden and goes back unchanged.
     */
    CREATEACCOUNT_PROBLEM_HIDDEN = 12,
    /**
     * The field is only for display.
     */
    CREATEACCOUNT_PROBLEM_SHOWN_ONLY = 13,
    /**
     * No parameter can carry it to the wiki unchanged.
     */
    CREATEACCOUNT_PROBLEM_NOT_SENDABLE = 14,
    /**
     * It belongs to none of the requests in use.
     */
    CREATEACCOUNT_PROBLEM_NOT_IN_USE = 15,
    /**
     * It belongs to a different way of making the account than other values do.
     */
    CREATEACCOUNT_PROBLEM_SEVERAL_WAYS = 16,
    /**
     * No way of making the account was chosen.
     */
    CREATEACCOUNT_PROBLEM_NO_WAY = 17,
    /**
     * Several requests of the wiki have the field, and no value suits them all.
     */
    CREATEACCOUNT_PROBLEM_CONFLICTING = 18,
    /**
     * The login that is kept requires another name.
     */
    CREATEACCOUNT_PROBLEM_KEPT_NAME = 19,
} createaccount_problem_t;

/**
 * Why the wiki said FAIL, in classes that a program can react to; the step also has the wiki's own
 * code and message. Numbers never change, and new ones may be added: treat an unknown one as
 * CREATEACCOUNT_REASON_OTHER.
 */
typedef enum {
    /**
     * None of the classes below; extensions and wiki administrators add codes of their own.
     */
    CREATEACCOUNT_REASON_OTHER = 0,
    /**
     * The name belongs to somebody, here or on another wiki of the family.
     */
    CREATEACCOUNT_REASON_NAME_TAKEN = 1,
    /**
     * The name is missing or cannot be a user name.
     */
    CREATEACCOUNT_REASON_NAME_INVALID = 2,
    /**
     * The name may not be used: it is on a blacklist, reserved, or too similar to another one.
     */
    CREATEACCOUNT_REASON_NAME_FORBIDDEN = 3,
    /**
     * The password does not meet the wiki's rules.
     */
    CREATEACCOUNT_REASON_PASSWORD = 4,
    /**
     * The two passwords differ.
     */
    CREATEACCOUNT_REASON_PASSWORD_MISMATCH = 5,
    /**
     * The e-mail address is missing, malformed or not accepted.
     */
    CREATEACCOUNT_REASON_EMAIL = 6,
    /**
     * The captcha was answered wrongly, or is used up. Begin again for a new one.
     */
    CREATEACCOUNT_REASON_CAPTCHA = 7,
    /**
     * The service that checks captchas did not answer. It is not the person's fault: try again
     * later.
     */
    CREATEACCOUNT_REASON_CAPTCHA_SERVICE = 8,
    /**
     * This visitor or account may not create accounts.
     */
    CREATEACCOUNT_REASON_PERMISSION = 9,
    /**
     * This visitor's address or account is blocked.
     */
    CREATEACCOUNT_REASON_BLOCKED = 10,
    /**
     * Too many accounts were made from this address.
     */
    CREATEACCOUNT_REASON_THROTTLED = 11,
    /**
     * Too many attempts in a short time.
     */
    CREATEACCOUNT_REASON_RATE_LIMITED = 12,
    /**
     * The wiki is read-only for the time being.
     */
    CREATEACCOUNT_REASON_READ_ONLY = 13,
    /**
     * The same name is being registered at this very moment.
     */
    CREATEACCOUNT_REASON_BUSY = 14,
    /**
     * The wiki no longer knows this sign-up. Begin again.
     */
    CREATEACCOUNT_REASON_SESSION_LOST = 15,
    /**
     * No way of making the account was filled in completely.
     */
    CREATEACCOUNT_REASON_NO_PRIMARY = 16,
    /**
     * A filter of the wiki rejected the attempt. If it only warns, the same attempt passes the
     * second time.
     */
    CREATEACCOUNT_REASON_FILTER = 17,
} createaccount_reason_t;

/**
 * What failed on the way to the wiki and back. Numbers never change, and new ones may be added.
 */
typedef enum {
    /**
     * Nothing that the library can name: the error is of another kind, or the transport is the
     * program's own.
     */
    CREATEACCOUNT_FAILURE_NONE = 0,
    /**
     * The host name was not found.
     */
    CREATEACCOUNT_FAILURE_NAME = 1,
    /**
     * No connection could be made: refused, unreachable.
     */
    CREATEACCOUNT_FAILURE_CONNECT = 2,
    /**
     * The proxy cannot be reached, or does not let the request through.
     */
    CREATEACCOUNT_FAILURE_PROXY = 3,
    /**
     * The certificate is not trusted, is for another name, or is not valid at this time.
     */
    CREATEACCOUNT_FAILURE_CERTIFICATE = 4,
    /**
     * TLS failed for another reason.
     */
    CREATEACCOUNT_FAILURE_TLS = 5,
    /**
     * The connection broke before the answer was complete.
     */
    CREATEACCOUNT_FAILURE_LOST = 6,
    /**
     * The answer is not HTTP, or its compression is broken.
     */
    CREATEACCOUNT_FAILURE_PROTOCOL = 7,
    /**
     * The answer is larger than the library accepts.
     */
    CREATEACCOUNT_FAILURE_BOUND = 8,
    /**
     * A time limit passed while the host name was looked up.
     */
    CREATEACCOUNT_FAILURE_TIMEOUT_NAME = 9,
    /**
     * A time limit passed while the connection was made.
     */
    CREATEACCOUNT_FAILURE_TIMEOUT_CONNECT = 10,
    /**
     * A time limit passed while the proxy was asked to connect.
     */
    CREATEACCOUNT_FAILURE_TIMEOUT_PROXY = 11,
    /**
     * A time limit passed during the TLS handshake.
     */
    CREATEACCOUNT_FAILURE_TIMEOUT_TLS = 12,
    /**
     * A time limit passed while the request was sent.
     */
    CREATEACCOUNT_FAILURE_TIMEOUT_SEND = 13,
    /**
     * A time limit passed before the answer began.
     */
    CREATEACCOUNT_FAILURE_TIMEOUT_ANSWER = 14,
    /**
     * A time limit passed while the body of the answer was read.
     */
    CREATEACCOUNT_FAILURE_TIMEOUT_BODY = 15,
    /**
     * The time for the whole call was up before this exchange began.
     */
    CREATEACCOUNT_FAILURE_DEADLINE = 16,
} createaccount_failure_t;

/**
 * What the wiki answered, which says what to do next. Numbers never change, and new ones may be
 * added: treat an unknown one as CREATEACCOUNT_STEP_OTHER.
 */
typedef enum {
    /**
     * A status that this version does not know. createaccount_step_status names it, and
     * createaccount_step_raw_json has the whole answer. The flow has ended.
     */
    CREATEACCOUNT_STEP_OTHER = 0,
    /**
     * The fields of the wiki, before anything was sent: set them and submit.
     */
    CREATEACCOUNT_STEP_FORM = 1,
    /**
     * The wiki has a further question: show its message, set its fields and submit.
     */
    CREATEACCOUNT_STEP_UI = 2,
    /**
     * The person has to visit createaccount_step_redirect_target and come back to the return URL:
     * then resume.
     */
    CREATEACCOUNT_STEP_REDIRECT = 3,
    /**
     * The login worked, but there is no account for it here yet: begin again with
     * CREATEACCOUNT_BEGIN_PRESERVE_STATE.
     */
    CREATEACCOUNT_STEP_RESTART = 4,
    /**
     * The account was made (or, after a login, the client is logged in). The flow has ended.
     */
    CREATEACCOUNT_STEP_PASS = 5,
    /**
     * The account was not made: tell the person why, and begin again to try once more.
     */
    CREATEACCOUNT_STEP_FAIL = 6,
} createaccount_step_kind_t;

/**
 * How a field is shown and sent. Numbers never change, and new ones may be added: treat an unknown one as
 * CREATEACCOUNT_FIELD_TYPE_OTHER.
 */
typedef enum {
    /**
     * A type that this version does not know; it is treated as a line of text.
     */
    CREATEACCOUNT_FIELD_TYPE_OTHER = 0,
    /**
     * A line of text.
     */
    CREATEACCOUNT_FIELD_TYPE_STRING = 1,
    /**
     * A line of text that is not shown while it is typed.
     */
    CREATEACCOUNT_FIELD_TYPE_PASSWORD = 2,
    /**
     * One of the choices, by its value.
     */
    CREATEACCOUNT_FIELD_TYPE_SELECT = 3,
    /**
     * Any number of the choices, by their values: createaccount_client_add_choice.
     */
    CREATEACCOUNT_FIELD_TYPE_MULTISELECT = 4,
    /**
     * Yes or no: "1" or "0".
     */
    CREATEACCOUNT_FIELD_TYPE_CHECKBOX = 5,
    /**
     * A way to continue: pressing it ("1") chooses the request that it belongs to.
     */
    CREATEACCOUNT_FIELD_TYPE_BUTTON = 6,
    /**
     * A value that the library sends back to the wiki unchanged. An empty one may be filled in.
     */
    CREATEACCOUNT_FIELD_TYPE_HIDDEN = 7,
    /**
     * Only to be shown; never sent.
     */
    CREATEACCOUNT_FIELD_TYPE_NULL = 8,
} createaccount_field_type_t;

/**
 * Whether a request must be filled in. Numbers never change.
 */
typedef enum {
    /**
     * It may be left out.
     */
    CREATEACCOUNT_REQUIRED_OPTIONAL = 0,
    /**
     * It must be filled in.
     */
    CREATEACCOUNT_REQUIRED_REQUIRED = 1,
    /**
     * It is one of several ways to make the account; exactly one of them must be filled in.
     */
    CREATEACCOUNT_REQUIRED_PRIMARY = 2,
} createaccount_required_t;

/**
 * What a person has to do for a captcha. Numbers never change, and new ones may be added.
 */
typedef enum {
    /**
     * Something else; show the fields as they are.
     */
    CREATEACCOUNT_CAPTCHA_OTHER = 0,
    /**
     * Read the letters of a picture, which createaccount_client_captcha_image fetches.
     */
    CREATEACCOUNT_CAPTCHA_IMAGE = 1,
    /**
     * Answer a question in words.
     */
    CREATEACCOUNT_CAPTCHA_QUESTION = 2,
    /**
     * Work out a sum.
     */
    CREATEACCOUNT_CAPTCHA_ARITHMETIC = 3,
    /**
     * Solve a third party's widget in a browser; its token is the answer.
     */
    CREATEACCOUNT_CAPTCHA_WIDGET = 4,
} createaccount_captcha_kind_t;

/**
 * The third party that provides a captcha's widget. Numbers never change, and new ones may be
 * added.
 */
typedef enum {
    /**
     * None, or one that this version does not know.
     */
    CREATEACCOUNT_CAPTCHA_SERVICE_OTHER = 0,
    /**
     * hCaptcha, https://js.hcaptcha.com/1/api.js.
     */
    CREATEACCOUNT_CAPTCHA_SERVICE_HCAPTCHA = 1,
    /**
     * Cloudflare Turnstile, https://challenges.cloudflare.com/turnstile/v0/api.js.
     */
    CREATEACCOUNT_CAPTCHA_SERVICE_TURNSTILE = 2,
    /**
     * Google reCAPTCHA, https://www.google.com/recaptcha/api.js.
     */
    CREATEACCOUNT_CAPTCHA_SERVICE_RECAPTCHA = 3,
} createaccount_captcha_service_t;

/**
 * What a verdict says. Numbers never change.
 */
typedef enum {
    /**
     * The wiki does not say, as on private wikis.
     */
    CREATEACCOUNT_ANSWER_UNKNOWN = 0,
    /**
     * Yes.
     */
    CREATEACCOUNT_ANSWER_YES = 1,
    /**
     * No; code and message say why.
     */
    CREATEACCOUNT_ANSWER_NO = 2,
} createaccount_answer_t;

/**
 * Flags for createaccount_client_begin. Numbers never change; 2 is reserved.
 */
typedef enum {
    /**
     * Keep what the wiki remembers of a login that ended in RESTART, so that it is linked to the
     * new account.
     */
    CREATEACCOUNT_BEGIN_PRESERVE_STATE = 1,
} createaccount_begin_t;

/**
 * How important a log line is; smaller numbers are more important. Numbers never change. Nothing
 * less important than debug reaches the callback.
 */
typedef enum {
    /**
     * Something went wrong.
     */
    CREATEACCOUNT_LOG_ERROR = 1,
    /**
     * Something looks wrong.
     */
    CREATEACCOUNT_LOG_WARNING = 2,
    /**
     * What the library does, step by step.
     */
    CREATEACCOUNT_LOG_INFO = 3,
    /**
     * Each exchange with the wiki: method, status, size and time.
     */
    CREATEACCOUNT_LOG_DEBUG = 4,
} createaccount_log_level_t;

/**
 * The captcha among the fields of a form, whichever module of the wiki made it. It is used up by
 * the first attempt that gets as far as checking it.
 *
 * Borrowed from its step and freed with it. Any number of threads may read it at once.
 */
typedef struct createaccount_captcha createaccount_captcha;

/**
 * A conversation with one wiki: one session, one sign-up at a time.
 *
 * Owned by the caller. One thread at a time: while a call is in progress, calls from other threads (and from
 * callbacks) fail with CREATEACCOUNT_STATUS_INVALID_STATE, except createaccount_client_cancel. It may be
 * handed from thread to thread between calls. Make clients after fork(), not before. Steps, verdicts and
 * errors may outlive it.
 */
typedef struct createaccount_client createaccount_client;

/**
 * Settings for clients. Making a client copies them: one object serves any number of clients, and
 * can be changed or freed right after.
 *
 * Owned by the caller. One thread at a time.
 */
typedef struct createaccount_config createaccount_config;

/**
 * Why a call failed, with what the wiki said, if anything.
 *
 * Owned by the caller, immutable, and independent of the object whose call failed. Any number of threads may
 * read it at once. Texts hold no secret, but what comes from the wiki may hold personal data (a block message
 * names the visitor's address).
 */
typedef struct createaccount_error createaccount_error;

/**
 * One field of a form.
 *
 * Borrowed from its step and freed with it. Any number of threads may read it at once.
 */
typedef struct createaccount_field createaccount_field;

/**
 * One HTTP request that a transport callback has to send.
 *
 * Borrowed: it lives, with all that is borrowed from it, until the callback returns. During the callback any
 * number of threads may read it.
 */
typedef struct createaccount_http_request createaccount_http_request;

/**
 * The response to an HTTP request, filled in by a transport callback.
 *
 * Borrowed: it lives until the callback returns. One thread at a time.
 */
typedef struct createaccount_http_response createaccount_http_response;

/**
 * An authentication request: a group of fields that a part of the wiki asks for, and takes or drops as a
 * whole.
 *
 * Most programs show the merged fields of the step and need no requests. Borrowed from its step
 * and freed with it. Any number of threads may read it at once.
 */
typedef struct createaccount_request createaccount_request;

/**
 * An answer of the wiki.
 *
 * Owned by the caller, immutable, and may outlive the client. Any number of threads may read it at once. What
 * is borrowed from it (strings, fields, requests, captcha) lives until it is freed.
 */
typedef struct createaccount_step createaccount_step;

/**
 * The wiki's answer to a question that was asked before a creation.
 *
 * Owned by the caller, immutable, and may outlive the client. Any number of threads may read it at once.
 */
typedef struct createaccount_verdict createaccount_verdict;

/**
 * Receives the log lines of a client, which begin with the wiki's host and the client's number in this process
 * ("wiki.example #3: step FORM"): one line of UTF-8 without a line feed, which lives until the callback returns.
 * `level` is one of createaccount_log_level_t. Lines hold no secrets: no values of fields, no cookies, no tokens.
 *
 * It runs on the thread that called the client, while that call is in progress. Until the callback
 * returns, calls on that client fail with CREATEACCOUNT_STATUS_INVALID_STATE, except
 * createaccount_client_cancel, and the client must not be freed. The callback must return
 * normally: it must not throw, call longjmp, or end the thread (pthread_exit, pthread_cancel).
 */
typedef void (*createaccount_log_fn)(void *user_data, int32_t level, const char *message);

/**
 * Sends one HTTP request for the library, fills in the response, and returns 0. On failure it
 * returns CREATEACCOUNT_STATUS_TRANSPORT (the network) or CREATEACCOUNT_STATUS_TIMEOUT (a time
 * limit): the library may then retry within createaccount_config_set_retry_budget_ms. Any other
 * value counts as CREATEACCOUNT_STATUS_CALLBACK, a failure of the program itself.
 *
 * A failed request fails the call: with CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN if it may have made
 * the account and createaccount_http_response_set_not_sent was not called; otherwise with
 * CREATEACCOUNT_STATUS_CANCELLED if the call was cancelled meanwhile; otherwise with the status
 * that was returned. A response is used even if the call was cancelled meanwhile.
 *
 * It must send the request once and unchanged, must not follow redirects, must not keep or add
 * cookies, must not log headers or bodies, and must check certificates. Any HTTP status, 4xx and
 * 5xx included, is a success. Note that HTTP libraries may resend a POST on their own when a
 * reused connection turns out to be dead; libcurl does, unless CURLOPT_FRESH_CONNECT is set.
 *
 * It runs on the thread that called the client, while that call is in progress. Until the callback
 * returns, calls on that client fail with CREATEACCOUNT_STATUS_INVALID_STATE, except
 * createaccount_client_cancel, and the client must not be freed. The callback must return
 * normally: it must not throw, call longjmp, or end the thread (pthread_exit, pthread_cancel).
 */
typedef int32_t (*createaccount_send_fn)(void *user_data,
                                         const createaccount_http_request *request,
                                         createaccount_http_response *response);

/**
 * Says whether to cancel the call that is in progress: true cancels it. It is called before each
 * exchange with the wiki and about twenty times a second while the call waits, so it should return
 * at once. If the program has its own transport, it is called during an exchange only by
 * createaccount_http_request_poll, on the thread that calls that function.
 *
 * Otherwise it runs on the thread that called the client. Until the callback returns, calls on
 * that client fail with CREATEACCOUNT_STATUS_INVALID_STATE, except createaccount_client_cancel,
 * and the client must not be freed. The callback must return normally: it must not throw, call
 * longjmp, or end the thread (pthread_exit, pthread_cancel).
 */
typedef bool (*createaccount_interrupt_fn)(void *user_data);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/* ---- Version --------------------------------------------------------------------------------------------- */

/**
 * The version of the library that is loaded, for instance "1.2.3". It lives as long as the library
 * is loaded.
 */
CREATEACCOUNT_API
const char *createaccount_version(void);

/**
 * The version of the library that is loaded, in the form of CREATEACCOUNT_VERSION_NUMBER:
 * major * 10000 + minor * 100 + patch.
 *
 * A program can check at start-up that the library fits its header:
 * assert(CREATEACCOUNT_VERSION_FITS(createaccount_version_number()));
 */
CREATEACCOUNT_API
uint32_t createaccount_version_number(void);

/* ---- Statuses -------------------------------------------------------------------------------------------- */

/**
 * The name of a status in lower case, for instance "timeout" for CREATEACCOUNT_STATUS_TIMEOUT; "unknown" for any other
 * number. It lives as long as the library is loaded.
 */
CREATEACCOUNT_API
const char *createaccount_status_name(uint32_t status);

/**
 * The name of a failure in lower case, for instance "certificate" for CREATEACCOUNT_FAILURE_CERTIFICATE; "none" for
 * any other number. It lives as long as the library is loaded.
 */
CREATEACCOUNT_API
const char *createaccount_failure_name(uint32_t failure);

/**
 * The name of a problem in lower case, for instance "not_a_choice" for CREATEACCOUNT_PROBLEM_NOT_A_CHOICE; "none" for
 * any other number. It lives as long as the library is loaded.
 */
CREATEACCOUNT_API
const char *createaccount_problem_name(uint32_t problem);

/* ---- Errors ---------------------------------------------------------------------------------------------- */

/**
 * The status that the call returned; CREATEACCOUNT_STATUS_OK for NULL.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_error_status(const createaccount_error *error);

/**
 * One or more sentences for a person, in English except for what the wiki said. Borrowed; NULL
 * only if the argument is NULL.
 */
CREATEACCOUNT_API
const char *createaccount_error_message(const createaccount_error *error);

/**
 * The wiki's error code, for instance "badtoken" or "readonly". Borrowed; NULL if there is none.
 */
CREATEACCOUNT_API
const char *createaccount_error_api_code(const createaccount_error *error);

/**
 * The field, setting or argument that the error is about, so that a program can highlight it.
 * Borrowed; NULL if there is none.
 */
CREATEACCOUNT_API
const char *createaccount_error_field(const createaccount_error *error);

/**
 * What is wrong with the value that createaccount_error_field names; CREATEACCOUNT_PROBLEM_NONE if
 * no value was refused.
 */
CREATEACCOUNT_API
createaccount_problem_t createaccount_error_problem(const createaccount_error *error);

/**
 * Why the wiki refused, in the classes of createaccount_step_reason: some reasons, such as a
 * read-only wiki, can come as an error as well as a FAIL. CREATEACCOUNT_REASON_OTHER if it is none
 * of the known classes.
 */
CREATEACCOUNT_API
createaccount_reason_t createaccount_error_reason(const createaccount_error *error);

/**
 * The HTTP status of the answer, 100 to 999; 0 if there was none. MediaWiki sends API errors with status 200.
 */
CREATEACCOUNT_API
int32_t createaccount_error_http_status(const createaccount_error *error);

/**
 * How many seconds the wiki (or a server in front of it) asks the client to wait before the next
 * attempt; -1 if it does not say.
 */
CREATEACCOUNT_API
int64_t createaccount_error_retry_after(const createaccount_error *error);

/**
 * What failed on the way to the wiki and back, also with CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN;
 * CREATEACCOUNT_FAILURE_NONE if it was something else. Only the library's own transport reports
 * it.
 */
CREATEACCOUNT_API
createaccount_failure_t createaccount_error_failure(const createaccount_error *error);

/**
 * Frees an error and the strings borrowed from it. NULL is fine.
 */
CREATEACCOUNT_API
void createaccount_error_free(createaccount_error *error);

/* ---- Settings -------------------------------------------------------------------------------------------- */

/**
 * Makes settings with the defaults. Free them with createaccount_config_free. NULL only if a bug
 * in the library stopped the call.
 *
 * All setters copy what they are given. NULL as a value restores the default. They fail with
 * CREATEACCOUNT_STATUS_INVALID_ARGUMENT for a NULL config and for strings that are not UTF-8;
 * whether a value can be used is checked when a client is made, unless a setter says otherwise. A
 * program need not check what they return: a setting that was refused is remembered until it is
 * set again, and no client can be made until then.
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_config *createaccount_config_new(void);

/**
 * Names the program and a way to contact its authors, as wikis ask of clients, for instance
 * "signup/1.0 (https://example.org; me@example.org)". Printable ASCII. The library adds its own
 * name.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_user_agent(createaccount_config *config,
                                                           const char *user_agent,
                                                           createaccount_error **error);

/**
 * The language of labels and messages, as a MediaWiki code, for instance "pl" or "zh-hant".
 * Without it, the wiki's own language.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_language(createaccount_config *config,
                                                         const char *code,
                                                         createaccount_error **error);

/**
 * The format of labels and messages: "wikitext" (the default; for most messages simply the text),
 * "html" (as the wiki's administrators wrote it: not sanitised, links may be relative),
 * "plaintext" (text without markup, to be shown as it is: the wiki is asked for HTML, and the
 * library removes the tags), "raw" (message keys, for programs with texts of their own; parameters
 * are in createaccount_step_raw_json) or "none". Any other is refused at once.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_message_format(createaccount_config *config,
                                                               const char *format,
                                                               createaccount_error **error);

/**
 * The format of API errors and of reasons in verdicts: "plaintext" (the default), "html", "wikitext", "raw",
 * "none" or "bc".
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_error_format(createaccount_config *config,
                                                             const char *format,
                                                             createaccount_error **error);

/**
 * The language of API errors and of reasons in verdicts, as a MediaWiki code. Without it, that of
 * the messages.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_error_language(createaccount_config *config,
                                                               const char *code,
                                                               createaccount_error **error);

/**
 * Where third parties send the person back to: an absolute https address that the program listens
 * on, or an http one on loopback (elsewhere only where http is allowed), without user name,
 * password or fragment. It should contain an unguessable value that belongs to one person's flow;
 * otherwise an attacker could make another person's browser return into the wrong flow. Without a
 * return URL the wiki's own address is given, and the program does not notice the return.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_return_url(createaccount_config *config,
                                                           const char *url,
                                                           createaccount_error **error);

/**
 * The address of a proxy, with the scheme http, https, socks4, socks4a, socks5 or socks5h, and
 * with user and password if it requires them. Without it the usual environment variables apply. A
 * wiki on this machine is never reached through a proxy, and giving one for it is an error.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_proxy(createaccount_config *config,
                                                      const char *url,
                                                      createaccount_error **error);

/**
 * Whether proxies from the environment variables are used if none is set here; true by default.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_environment_proxies(createaccount_config *config,
                                                                    bool enabled,
                                                                    createaccount_error **error);

/**
 * The path of a PEM file with the only certificates to trust, instead of the platform's;
 * certificates that they issued are trusted too. It is read when a client is made.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_ca_file(createaccount_config *config,
                                                        const char *path,
                                                        createaccount_error **error);

/**
 * An OAuth 2 access token, sent with every request: the client then acts as its owner. The library's copies
 * are wiped.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_bearer_token(createaccount_config *config,
                                                             const char *token,
                                                             createaccount_error **error);

/**
 * User name and password for a web server that asks for HTTP authentication before the wiki is
 * reached ("Basic", RFC 7617); NULL as the user unsets both. They go with every request to the
 * wiki's origin, and to no other; they do not log in to the wiki. They cannot be combined with a
 * bearer token, which is sent in the same header. The user name must not contain a colon, and
 * neither may contain control characters. The library's copies of the password are wiped.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_basic_auth(createaccount_config *config,
                                                           const char *user,
                                                           const char *password,
                                                           createaccount_error **error);

/**
 * Adds a header for every request to the wiki's origin, and to no other, for instance one that a
 * gateway in front of the wiki asks for. NULL as the value removes it. An earlier header of the
 * same name is replaced; upper and lower case are the same. Names that the library or the HTTP
 * layer sets itself are refused, as is a value that is not printable ASCII. The library's copies
 * of the value are wiped.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_add_header(createaccount_config *config,
                                                       const char *name,
                                                       const char *value,
                                                       createaccount_error **error);

/**
 * Seals what createaccount_client_save writes with this secret key of 32 random bytes, bound to
 * the wiki of the flow; createaccount_client_load then refuses anything that is not sealed. NULL
 * with length 0 unsets it: what createaccount_client_save writes is then neither secret nor
 * protected against changes. Sealing does not prevent an earlier copy of the flow from being
 * loaded. Other lengths are refused at once. The library's copies of the key are wiped.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_seal_key(createaccount_config *config,
                                                         const uint8_t *key,
                                                         size_t key_length,
                                                         createaccount_error **error);

/**
 * Adds a further key for createaccount_client_load only, for instance the one used before.
 * createaccount_config_set_seal_key must be set as well. 32 bytes; other lengths are refused at
 * once.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_add_open_key(createaccount_config *config,
                                                         const uint8_t *key,
                                                         size_t key_length,
                                                         createaccount_error **error);

/**
 * The time limit for one exchange with the wiki, from name resolution to the last byte, in
 * milliseconds: 60000 by default; not 0. A call may need several exchanges.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_timeout_ms(createaccount_config *config,
                                                           uint64_t milliseconds,
                                                           createaccount_error **error);

/**
 * The time limit for name resolution, connection and TLS, in milliseconds: 15000 by default;
 * not 0.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_connect_timeout_ms(createaccount_config *config,
                                                                   uint64_t milliseconds,
                                                                   createaccount_error **error);

/**
 * The time limit for one call, including all its redirects, retries, waits and queries, in
 * milliseconds: 120000 by default; not 0. If a query about the outcome could begin only after this
 * limit, the outcome is reported as unknown at once. createaccount_client_reconcile has its own
 * limit: createaccount_config_set_reconcile_wait_ms plus 10 seconds.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_deadline_ms(createaccount_config *config,
                                                            uint64_t milliseconds,
                                                            createaccount_error **error);

/**
 * How long one call may wait in total to retry requests that changed nothing, in milliseconds: 0
 * by default, so that errors are reported at once. A request that may have made an account is
 * never repeated.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_retry_budget_ms(createaccount_config *config,
                                                                uint64_t milliseconds,
                                                                createaccount_error **error);

/**
 * How long after a lost answer createaccount_client_reconcile keeps asking before it concludes
 * that no account was made, in milliseconds: 15000 by default; below 10000 a slow wiki may still
 * make the account afterwards.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_reconcile_wait_ms(createaccount_config *config,
                                                                  uint64_t milliseconds,
                                                                  createaccount_error **error);

/**
 * Allows unencrypted http for the wiki, for redirect targets and for the return URL, and redirect
 * targets on loopback; false by default. Always allowed are http for a wiki or return URL on
 * loopback, and redirect targets on loopback if the wiki is on loopback.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_allow_http(createaccount_config *config,
                                                           bool allow,
                                                           createaccount_error **error);

/**
 * Lets the wiki merge the fields of later steps instead of the library; false by default.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_merge_fields(createaccount_config *config,
                                                             bool merge,
                                                             createaccount_error **error);

/**
 * Sets the callback for log lines; NULL unsets it.
 *
 * `free_fn` (may be NULL) is called exactly once with `user_data`, when neither these settings nor
 * any client made with them uses it any more: in this call or a later one that sets or unsets the
 * callback, in createaccount_config_free, or in createaccount_client_free, on the thread that
 * makes that call. If this call fails, it is never called. `free_fn` may change these settings,
 * unless they are being freed.
 *
 * Clients on several threads may call `log_fn` at the same time.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_log(createaccount_config *config,
                                                    createaccount_log_fn log_fn,
                                                    void *user_data,
                                                    void (*free_fn)(void *user_data),
                                                    createaccount_error **error);

/**
 * Sets a callback that sends the HTTP requests in place of the library; NULL unsets it. Proxies
 * and certificates are then up to the program: no client can be made if
 * createaccount_config_set_proxy or createaccount_config_set_ca_file is set as well. Time limits
 * are passed to the callback; the library still handles cookies, redirects, retries and limits.
 * `free_fn` is as in createaccount_config_set_log.
 *
 * Clients on several threads may call `send_fn` at the same time.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_transport(createaccount_config *config,
                                                          createaccount_send_fn send_fn,
                                                          void *user_data,
                                                          void (*free_fn)(void *user_data),
                                                          createaccount_error **error);

/**
 * Sets the callback that says whether to cancel; NULL unsets it. `free_fn` is as in
 * createaccount_config_set_log.
 *
 * createaccount_client_cancel reaches only a call that is in progress. A program that decides to
 * stop just before it makes a call, or that has no other thread to cancel from (a signal handler
 * can set a flag), does it with this callback. The call ends as after createaccount_client_cancel.
 * The next call asks the callback again, createaccount_client_reconcile included.
 *
 * Clients on several threads may call `interrupt_fn` at the same time.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_config_set_interrupt(createaccount_config *config,
                                                          createaccount_interrupt_fn interrupt_fn,
                                                          void *user_data,
                                                          void (*free_fn)(void *user_data),
                                                          createaccount_error **error);

/**
 * Frees settings. Clients made with them are not affected. NULL is fine.
 */
CREATEACCOUNT_API
void createaccount_config_free(createaccount_config *config);

/* ---- Finding a wiki -------------------------------------------------------------------------------------- */

/**
 * Finds the api.php of a wiki. `url` is the address of a page, an address with a wrong path, or a
 * host name without "https://". `config` may be NULL for the defaults. Free the result with
 * createaccount_string_free.
 *
 * The page at the address is searched for the link to the API that every page of MediaWiki has,
 * then the wiki's front page; finally the usual paths are tried. An address is given only if
 * MediaWiki's API answered there. Redirects are followed, to other hosts too: check the host of
 * the result before you send a password there. Neither cookies nor a bearer token are sent;
 * createaccount_config_set_basic_auth and createaccount_config_add_header apply to the origin of
 * `url` only. The other settings apply as for a client; createaccount_config_set_interrupt can
 * cancel the search.
 *
 * CREATEACCOUNT_STATUS_INVALID_ARGUMENT names the address ("url") or the setting that cannot be
 * used; CREATEACCOUNT_STATUS_PROTOCOL when no API was found; any other status says why the wiki
 * could not be reached.
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_status_t createaccount_find_api(const char *url,
                                              const createaccount_config *config,
                                              char **api_url,
                                              createaccount_error **error);

/* ---- Clients --------------------------------------------------------------------------------------------- */

/**
 * Makes a client for the wiki whose api.php is at `api_url`. Nothing is sent yet. `config` may be NULL for the
 * defaults. Free the client with createaccount_client_free.
 *
 * CREATEACCOUNT_STATUS_INVALID_ARGUMENT names the address ("api_url") or the setting that cannot be used, by
 * its name without "createaccount_config_set_" (and without "_ms").
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_status_t createaccount_client_new(const char *api_url,
                                                const createaccount_config *config,
                                                createaccount_client **client,
                                                createaccount_error **error);

/**
 * Begins a creation, or begins again: fetches the wiki's fields and gives a FORM. `flags` is 0 or
 * CREATEACCOUNT_BEGIN_PRESERVE_STATE; other bits are refused. Usually one exchange with the wiki;
 * after a PASS nothing is sent if the form from before can be used again.
 *
 * A flow that was under way is abandoned, and values that were set are dropped. No account is made by this
 * call. The step is the caller's: free it with createaccount_step_free.
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_status_t createaccount_client_begin(createaccount_client *client,
                                                  uint32_t flags,
                                                  createaccount_step **step,
                                                  createaccount_error **error);

/**
 * Begins a login with whatever the wiki asks for: fetches its fields and gives a FORM. PASS means
 * that the client is logged in; RESTART leads to a creation with
 * CREATEACCOUNT_BEGIN_PRESERVE_STATE. For just a name and a password createaccount_client_login is
 * simpler.
 *
 * A flow that was under way is abandoned, and values that were set are dropped. The step is the caller's: free it
 * with createaccount_step_free.
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_status_t createaccount_client_begin_login(createaccount_client *client,
                                                        createaccount_step **step,
                                                        createaccount_error **error);

/**
 * Logs in, to create accounts for others: with a bot password ("Name@app"), or with a main
 * account's password, which may lead to further steps (UI, REDIRECT) before PASS. The step is a
 * FORM if the wiki wants more than name and password at once, for instance a captcha: nothing was
 * sent yet, so fill in all its fields. A wrong password is not an error: the step is a FAIL. To
 * log in with whatever the wiki asks for, call createaccount_client_begin_login instead.
 *
 * Both strings are copied; the library's copy of the password is wiped. Values that were set are dropped. The
 * step is the caller's: free it with createaccount_step_free.
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_status_t createaccount_client_login(createaccount_client *client,
                                                  const char *username,
                                                  const char *password,
                                                  createaccount_step **step,
                                                  createaccount_error **error);

/**
 * Uses only the request with this id, and those named by further calls, for the next answer;
 * without this call all requests are used. Sends nothing.
 *
 * CREATEACCOUNT_STATUS_INVALID_ARGUMENT with the field "requests" if the pending step has no such request.
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_status_t createaccount_client_use_request(createaccount_client *client,
                                                        const char *request_id,
                                                        createaccount_error **error);

/**
 * Sets the value of a field of the pending step, replacing an earlier one; NULL unsets it. Sends
 * nothing. A select takes the value of a choice; a checkbox or button "1" or "0"; a multiselect
 * one choice, or "" for none. Hidden fields are sent back automatically, and "retype" is filled in
 * from "password" when it is left out. Any other field without a value is sent with its preset, a
 * ticked checkbox too: set it to "0" when the person unticks it.
 *
 * Name and value are copied; the library's copy of the value is wiped. Values are collected until
 * createaccount_client_submit or createaccount_client_resume has sent them. If these refuse a
 * value, or nothing reached the wiki, or the wiki executed nothing, all values are kept: correct
 * one, or just submit again.
 *
 * CREATEACCOUNT_STATUS_INVALID_ARGUMENT, with the name as the field, if the pending step has no such field;
 * the value itself is checked by createaccount_client_submit.
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_status_t createaccount_client_set_field(createaccount_client *client,
                                                      const char *name,
                                                      const char *value,
                                                      createaccount_error **error);

/**
 * Discards everything that was set for the next answer: values, choices, requests, and
 * createaccount_client_set_unchecked; for instance after a refusal, before the person fills in the
 * form again. Sends nothing.
 */
CREATEACCOUNT_API
createaccount_status_t createaccount_client_clear_answer(createaccount_client *client,
                                                         createaccount_error **error);

/**
 * Adds a choice, by its value, to a multiselect field of the pending step. Adding it again changes
 * nothing. Sends nothing.
 *
 * Otherwise as createaccount_client_set_field.
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_status_t createaccount_client_add_choice(createaccount_client *client,
                                                       const char *name,
                                                       const char *value,
                                                       createaccount_error **error);

/**
 * Whether the next answer is sent without checking it against the pending form; false by default.
 * If true, no field is required, a value need not be one of the choices, a hidden field may get
 * another value, and a name need not be that of a field. Without this, the library refuses what
 * MediaWiki itself would refuse or drop; an extension may read its fields differently, and accept
 * what is refused. Call this function before you set a name that is not a field of the form. The
 * setting goes back to false when the values that were set have been sent or are dropped. Sends
 * nothing.
 *
 * It changes what is refused, not what is sent: the values that were set, and for every other
 * field of the requests in use its preset, or an empty text if it has none. What no parameter can
 * carry is still refused: control characters, field names that PHP changes, and names that are
 * parameters of the API.
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_status_t createaccount_client_set_unchecked(createaccount_client *client,
                                                          bool unchecked,
                                                          createaccount_error **error);

/**
 * Answers the pending step with the values that were set, and gives the wiki's next step, which is the
 * caller's: free it with createaccount_step_free.
 *
 * CREATEACCOUNT_STATUS_INVALID_ARGUMENT names a field that the wiki would refuse or silently drop:
 * a required one without a value, a value that is not a choice, a control character. Nothing was
 * sent, no attempt was used up, and the values are kept: correct that one and submit again, or
 * send it anyway with createaccount_client_set_unchecked. CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN
 * when the wiki's answer was lost or is not conclusive: call createaccount_client_reconcile.
 * CREATEACCOUNT_STATUS_PROTOCOL when something came that is not an answer of MediaWiki: the attempt
 * is remembered, and createaccount_client_reconcile can ask about it. After any other error nothing
 * was executed. The step is still pending, with its values, unless createaccount_client_step gives
 * NULL.
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_status_t createaccount_client_submit(createaccount_client *client,
                                                   createaccount_step **step,
                                                   createaccount_error **error);

/**
 * Continues after a REDIRECT, with the full address that the third party sent the person back to
 * and, if that request was a POST, its body (application/x-www-form-urlencoded; otherwise NULL and
 * 0). What came back is passed on unchanged, even if it is not everything that the wiki waits for.
 * Fields that the return does not fill in can be set with createaccount_client_set_field
 * beforehand. The step is the caller's: free it with createaccount_step_free.
 *
 * CREATEACCOUNT_STATUS_INVALID_ARGUMENT for an address that is not the return URL
 * ("returned_url"); nothing was sent, and the real return can still come. Otherwise as
 * createaccount_client_submit.
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_status_t createaccount_client_resume(createaccount_client *client,
                                                   const char *returned_url,
                                                   const uint8_t *body,
                                                   size_t body_length,
                                                   createaccount_step **step,
                                                   createaccount_error **error);

/**
 * Finds out the state of the sign-up, above all after CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN, a
 * cancelled call, or createaccount_client_load: gives PASS if the account was made, UI if a later
 * step is pending, FAIL if the account was not made. It returns
 * CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN again if the wiki cannot tell: call it once more later;
 * that works even if another flow was begun meanwhile. No password is sent. It may keep asking the
 * wiki for as long as createaccount_config_set_reconcile_wait_ms says, and the last query may take
 * 10 seconds more.
 *
 * A pending UI or REDIRECT of a creation is read again from the wiki. Otherwise, if nothing is in
 * doubt, it sends nothing and gives the current step: the FORM that was not submitted yet, or the
 * final step. The step is the caller's: free it with createaccount_step_free.
 *
 * CREATEACCOUNT_STATUS_INVALID_STATE when nothing was begun.
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_status_t createaccount_client_reconcile(createaccount_client *client,
                                                      createaccount_step **step,
                                                      createaccount_error **error);

/**
 * Finds out what became of a creation without a saved flow, from what the program remembers: the
 * name, and the wiki's time before the request was sent (createaccount_client_wiki_time), in
 * seconds since 1970. Gives PASS if an account of that name was made at that time, FAIL if it was
 * made before (by somebody else) or not at all. No password is sent, and the pending step of this
 * client is kept. The step is the caller's: free it with createaccount_step_free.
 *
 * CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN if the wiki cannot tell;
 * CREATEACCOUNT_STATUS_INVALID_ARGUMENT for a name ("username") that is empty or that the wiki would
 * read as another one, and for a time before 1970 ("since").
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_status_t createaccount_client_reconcile_name(createaccount_client *client,
                                                           const char *username,
                                                           int64_t since,
                                                           createaccount_step **step,
                                                           createaccount_error **error);

/**
 * The wiki's time, in seconds since 1970; -1 before the first form was read, or while a call is in
 * progress. A program that stores it with the name before it submits can call
 * createaccount_client_reconcile_name later, in any process.
 */
CREATEACCOUNT_API
int64_t createaccount_client_wiki_time(createaccount_client *client);

/**
 * The step that is pending, or that ended the flow; right after createaccount_client_load, the one
 * that was saved. It is the caller's: free it with createaccount_step_free. NULL if there is none:
 * nothing was begun, the outcome is unknown (see createaccount_client_reconcile), or a call is in
 * progress.
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_step *createaccount_client_step(createaccount_client *client);

/**
 * Fetches the picture of the pending captcha, in the session that it belongs to. Free the bytes with
 * createaccount_bytes_free.
 *
 * CREATEACCOUNT_STATUS_INVALID_STATE when there is no picture; CREATEACCOUNT_STATUS_PROTOCOL when
 * the wiki sends something else.
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_status_t createaccount_client_captcha_image(createaccount_client *client,
                                                          uint8_t **data,
                                                          size_t *length,
                                                          createaccount_error **error);

/**
 * Asks whether this session may create accounts. The verdict is the caller's: free it with
 * createaccount_verdict_free.
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_status_t createaccount_client_can_create(createaccount_client *client,
                                                       createaccount_verdict **verdict,
                                                       createaccount_error **error);

/**
 * Asks whether an account of this name can be made, and how the wiki would write it. The verdict is the
 * caller's: free it with createaccount_verdict_free.
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_status_t createaccount_client_check_username(createaccount_client *client,
                                                           const char *username,
                                                           createaccount_verdict **verdict,
                                                           createaccount_error **error);

/**
 * Asks whether the wiki accepts this password, for an account with the name `username` unless that
 * is NULL. The password is sent; the library's copy is wiped. The verdict is the caller's: free it
 * with createaccount_verdict_free.
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_status_t createaccount_client_check_password(createaccount_client *client,
                                                           const char *password,
                                                           const char *username,
                                                           createaccount_verdict **verdict,
                                                           createaccount_error **error);

/**
 * Cancels the call that another thread is making on this client: it returns within a second with
 * CREATEACCOUNT_STATUS_CANCELLED, or with CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN if a creation was
 * already on its way. The client can be used again afterwards. Without a call in progress nothing
 * happens. NULL is fine.
 *
 * Any thread may call it at any time until the client is freed. It must not be called from signal
 * handlers.
 */
CREATEACCOUNT_API
void createaccount_client_cancel(createaccount_client *client);

/**
 * The conversation as bytes, to be continued in another process or on another machine: cookies,
 * token and pending step. Values that were set are not included, nor are the settings, except for
 * the return URL of a flow that was begun. Free the bytes with createaccount_bytes_free.
 *
 * Treat them as a password: whoever has them can finish the sign-up. They are worthless once the
 * wiki forgets the session, usually an hour after its last use.
 *
 * With createaccount_config_set_seal_key they are sealed: nobody without the key can read or
 * change them. Without a key, keep them where only the program can write, and load only bytes that
 * nobody else could change: whoever changes them can forge a PASS, or capture what the person
 * types next. Even a sealed flow does not show how old it is: an earlier state of the same flow
 * loads as well.
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_status_t createaccount_client_save(createaccount_client *client,
                                                 uint8_t **data,
                                                 size_t *length,
                                                 createaccount_error **error);

/**
 * Makes a client that continues with what createaccount_client_save gave for the wiki at
 * `api_url`. Nothing is sent. createaccount_client_step gives the step;
 * createaccount_client_reconcile finds out the state of the sign-up, even if the outcome was
 * unknown when it was saved. The bytes are copied; `config` may be NULL. Free the client with
 * createaccount_client_free.
 *
 * CREATEACCOUNT_STATUS_INVALID_ARGUMENT with the field "data" when the bytes are truncated, of
 * another version, or of a flow on another wiki; with a key also when they were changed, or sealed
 * with a key that `config` does not have. Without a key only accidental changes are noticed.
 */
CREATEACCOUNT_API
CREATEACCOUNT_MUST_USE
createaccount_status_t createaccount_client_load(const char *api_url,
                                                 const uint8_t *data,
                                                 size_t length,
                                                 const createaccount_config *config,
                                                 createaccount_client **client,
                                                 createaccount_error **error);

/**
 * Frees a client. No call on it may be in progress. NULL is fine.
 */
CREATEACCOUNT_API
void createaccount_client_free(createaccount_client *client);

/* ---- Steps ----------------------------------------------------------------------------------------------- */

/**
 * What the wiki answered; CREATEACCOUNT_STEP_OTHER for NULL.
 */
CREATEACCOUNT_API
createaccount_step_kind_t createaccount_step_kind(const createaccount_step *step);

/**
 * The name of a kind in lower case, for instance "pass" for CREATEACCOUNT_STEP_PASS; "other" for any other number. It
 * lives as long as the library is loaded. createaccount_step_status has the wiki's own word.
 */
CREATEACCOUNT_API
const char *createaccount_step_kind_name(uint32_t kind);

/**
 * The wiki's name for the step: "UI", "REDIRECT", "RESTART", "PASS", "FAIL" or one that this
 * version does not know; "FORM" for the form that a flow begins with. Borrowed; NULL only if the
 * argument is NULL.
 */
CREATEACCOUNT_API
const char *createaccount_step_status(const createaccount_step *step);

/**
 * The wiki's message to the person, in the language and format of the settings; with the format
 * "raw" it is the message's key or, if the message reports several errors at once, its parts, one
 * per line. It may name the visitor's address. Borrowed; NULL if there is none.
 */
CREATEACCOUNT_API
const char *createaccount_step_message(const createaccount_step *step);

/**
 * Whether the message is the library's own, in English, because the wiki said nothing.
 */
CREATEACCOUNT_API
bool createaccount_step_message_is_own(const createaccount_step *step);

/**
 * How many parts the message has, if it reports several errors at once; 0 for other messages, and
 * for a list whose text cannot be split into its parts.
 */
CREATEACCOUNT_API
size_t createaccount_step_message_part_count(const createaccount_step *step);

/**
 * A part of the message, as the wiki words it. With the message format "raw" it is wikitext from MediaWiki 1.43
 * on, and HTML before. Borrowed; NULL past the end.
 */
CREATEACCOUNT_API
const char *createaccount_step_message_part_at(const createaccount_step *step,
                                               size_t index);

/**
 * The wiki's code for the message, for instance "userexists". Borrowed; NULL if there is none.
 */
CREATEACCOUNT_API
const char *createaccount_step_message_code(const createaccount_step *step);

/**
 * The name of the account: after PASS as the wiki writes it; in a UI step after createaccount_client_reconcile
 * the account that is known to exist already. Borrowed; NULL if there is none.
 */
CREATEACCOUNT_API
const char *createaccount_step_username(const createaccount_step *step);

/**
 * Whether a PASS means that a login succeeded, so that the client is logged in; otherwise it means
 * that the account was made. False for other steps.
 */
CREATEACCOUNT_API
bool createaccount_step_is_login(const createaccount_step *step);

/**
 * Why the wiki said FAIL; CREATEACCOUNT_REASON_OTHER for other steps.
 */
CREATEACCOUNT_API
createaccount_reason_t createaccount_step_reason(const createaccount_step *step);

/**
 * The name of a reason in lower case, for instance "name_taken" for CREATEACCOUNT_REASON_NAME_TAKEN; "other"
 * for any other number. It lives as long as the library is loaded.
 */
CREATEACCOUNT_API
const char *createaccount_reason_name(uint32_t reason);

/**
 * After FAIL, how many seconds to wait before the next attempt; -1 if the wiki does not say. For a
 * throttle this is the length of its window, so the longest possible wait, and it is known only
 * with the message format "raw".
 */
CREATEACCOUNT_API
int64_t createaccount_step_retry_after(const createaccount_step *step);

/**
 * For a REDIRECT, where to send the person. The address is https; it is http only on loopback, or
 * if createaccount_config_set_allow_http allows it. It may hold secrets: do not log it, and do not
 * fetch it. Borrowed; NULL for other steps.
 */
CREATEACCOUNT_API
const char *createaccount_step_redirect_target(const createaccount_step *step);

/**
 * For a REDIRECT, further data for the visit, as JSON; its meaning is up to the provider. Borrowed; NULL if there
 * is none.
 */
CREATEACCOUNT_API
const char *createaccount_step_redirect_data(const createaccount_step *step);

/**
 * For a REDIRECT, the address that the person comes back to: the return URL of the settings, or the wiki's own
 * address. Borrowed; NULL for other steps.
 */
CREATEACCOUNT_API
const char *createaccount_step_return_url(const createaccount_step *step);

/**
 * For a REDIRECT, whether the return URL of the settings will be called. Without one the person ends up on the
 * wiki's own page, and the program does not learn of the return. False for other steps.
 */
CREATEACCOUNT_API
bool createaccount_step_catches_return(const createaccount_step *step);

/**
 * For a FORM, false when no part of the wiki can make accounts at all. True does not mean that this visitor
 * may: ask with createaccount_client_can_create. False for other steps.
 */
CREATEACCOUNT_API
bool createaccount_step_can_create(const createaccount_step *step);

/**
 * After RESTART or FAIL, whether the next creation can keep the login that came before:
 * CREATEACCOUNT_BEGIN_PRESERVE_STATE. An attempt that fails uses it up. False for other steps.
 */
CREATEACCOUNT_API
bool createaccount_step_can_preserve_state(const createaccount_step *step);

/**
 * For a FORM, whether the wiki remembers a login that had no account here, for the creation to
 * keep. False for other steps.
 */
CREATEACCOUNT_API
bool createaccount_step_has_preserved_state(const createaccount_step *step);

/**
 * For a FORM, the name that a kept login requires for the account. Borrowed; NULL if any name may
 * be chosen.
 */
CREATEACCOUNT_API
const char *createaccount_step_preserved_username(const createaccount_step *step);

/**
 * How many fields the step has, each name once. These are the fields to show.
 */
CREATEACCOUNT_API
size_t createaccount_step_field_count(const createaccount_step *step);

/**
 * One of its fields, in the wiki's order. Borrowed; NULL past the end.
 */
CREATEACCOUNT_API
const createaccount_field *createaccount_step_field_at(const createaccount_step *step,
                                                       size_t index);

/**
 * The field of that name. Borrowed; NULL if the step has none.
 */
CREATEACCOUNT_API
const createaccount_field *createaccount_step_field(const createaccount_step *step,
                                                    const char *name);

/**
 * How many requests the step has: the same fields, in the groups that the wiki takes or drops as a
 * whole.
 */
CREATEACCOUNT_API
size_t createaccount_step_request_count(const createaccount_step *step);

/**
 * One of its requests, in the wiki's order. Borrowed; NULL past the end.
 */
CREATEACCOUNT_API
const createaccount_request *createaccount_step_request_at(const createaccount_step *step,
                                                           size_t index);

/**
 * The captcha among its fields. Borrowed; NULL if there is none.
 */
CREATEACCOUNT_API
const createaccount_captcha *createaccount_step_captcha(const createaccount_step *step);

/**
 * The JSON that the step was read from: everything that the wiki said. That of a REDIRECT includes
 * its target. Borrowed; NULL where the library worked the step out from other queries.
 */
CREATEACCOUNT_API
const char *createaccount_step_raw_json(const createaccount_step *step);

/**
 * Frees a step and all that was borrowed from it. NULL is fine.
 */
CREATEACCOUNT_API
void createaccount_step_free(createaccount_step *step);

/* ---- Fields ---------------------------------------------------------------------------------------------- */

/**
 * The name that createaccount_client_set_field takes. Borrowed; NULL only if the argument is NULL.
 */
CREATEACCOUNT_API
const char *createaccount_field_name(const createaccount_field *field);

/**
 * How it is shown and sent.
 */
CREATEACCOUNT_API
createaccount_field_type_t createaccount_field_type(const createaccount_field *field);

/**
 * MediaWiki's name of a type, for instance "password" for CREATEACCOUNT_FIELD_TYPE_PASSWORD; "other" for any other
 * number. It lives as long as the library is loaded.
 */
CREATEACCOUNT_API
const char *createaccount_field_type_name(uint32_t field_type);

/**
 * The caption, in the wiki's words; empty with the message format "none". Borrowed; NULL only if
 * the argument is NULL.
 */
CREATEACCOUNT_API
const char *createaccount_field_label(const createaccount_field *field);

/**
 * The explanation, in the wiki's words; often empty. Borrowed; NULL only if the argument is NULL.
 */
CREATEACCOUNT_API
const char *createaccount_field_help(const createaccount_field *field);

/**
 * The preset: what is sent when no value is set, and what a null field shows; "1" for a checkbox that is ticked
 * beforehand. For a multiselect see createaccount_field_choice_is_preset_at. Borrowed; NULL if there
 * is none.
 */
CREATEACCOUNT_API
const char *createaccount_field_value(const createaccount_field *field);

/**
 * Whether the wiki refuses a form without it. In the merged view of a form that offers several ways to make
 * the account, a field that only one way needs is not required.
 */
CREATEACCOUNT_API
bool createaccount_field_is_required(const createaccount_field *field);

/**
 * Whether its value must not be shown, logged or put into an address.
 */
CREATEACCOUNT_API
bool createaccount_field_is_sensitive(const createaccount_field *field);

/**
 * Whether it asks the person something: false for hidden and null fields.
 */
CREATEACCOUNT_API
bool createaccount_field_asks(const createaccount_field *field);

/**
 * How many choices a select or multiselect offers; 0 for other fields.
 */
CREATEACCOUNT_API
size_t createaccount_field_choice_count(const createaccount_field *field);

/**
 * The value of a choice: what is sent. Choices keep the wiki's order. Borrowed; NULL past the end.
 */
CREATEACCOUNT_API
const char *createaccount_field_choice_value_at(const createaccount_field *field,
                                                size_t index);

/**
 * The label of a choice: what is shown. Borrowed; NULL past the end.
 */
CREATEACCOUNT_API
const char *createaccount_field_choice_label_at(const createaccount_field *field,
                                                size_t index);

/**
 * Whether a choice of a multiselect is chosen unless something else is set for the field; false
 * past the end. The preset of a select is its createaccount_field_value.
 */
CREATEACCOUNT_API
bool createaccount_field_choice_is_preset_at(const createaccount_field *field,
                                             size_t index);

/* ---- Requests -------------------------------------------------------------------------------------------- */

/**
 * The id that createaccount_client_use_request takes. Borrowed; NULL only if the argument is NULL.
 */
CREATEACCOUNT_API
const char *createaccount_request_id(const createaccount_request *request);

/**
 * Who asks, in the wiki's words; may be empty. Borrowed; NULL only if the argument is NULL.
 */
CREATEACCOUNT_API
const char *createaccount_request_provider(const createaccount_request *request);

/**
 * Which account it is about, in the wiki's words; may be empty. Borrowed; NULL only if the
 * argument is NULL.
 */
CREATEACCOUNT_API
const char *createaccount_request_account(const createaccount_request *request);

/**
 * Whether it must be filled in.
 */
CREATEACCOUNT_API
createaccount_required_t createaccount_request_required(const createaccount_request *request);

/**
 * MediaWiki's name of a createaccount_required_t, for instance "primary-required" for
 * CREATEACCOUNT_REQUIRED_PRIMARY; "optional" for any other number. It lives as long as the library
 * is loaded.
 */
CREATEACCOUNT_API
const char *createaccount_required_name(uint32_t required);

/**
 * Further data of the provider, as a JSON object; its meaning is up to the provider. Borrowed; NULL
 * only if the argument is NULL.
 */
CREATEACCOUNT_API
const char *createaccount_request_metadata_json(const createaccount_request *request);

/**
 * How many fields it has.
 */
CREATEACCOUNT_API
size_t createaccount_request_field_count(const createaccount_request *request);

/**
 * One of its fields, in the wiki's order. Borrowed; NULL past the end.
 */
CREATEACCOUNT_API
const createaccount_field *createaccount_request_field_at(const createaccount_request *request,
                                                          size_t index);

/* ---- Captcha --------------------------------------------------------------------------------------------- */

/**
 * What the person has to do.
 */
CREATEACCOUNT_API
createaccount_captcha_kind_t createaccount_captcha_kind(const createaccount_captcha *captcha);

/**
 * The third party that provides the widget; CREATEACCOUNT_CAPTCHA_SERVICE_OTHER for captchas that
 * are not widgets.
 */
CREATEACCOUNT_API
createaccount_captcha_service_t createaccount_captcha_service(const createaccount_captcha *captcha);

/**
 * The name of a service in lower case, for instance "hcaptcha" for CREATEACCOUNT_CAPTCHA_SERVICE_HCAPTCHA; "other"
 * for any other number. It lives as long as the library is loaded.
 */
CREATEACCOUNT_API
const char *createaccount_captcha_service_name(uint32_t service);

/**
 * The name of a kind of captcha in lower case, for instance "image" for CREATEACCOUNT_CAPTCHA_IMAGE; "other" for any
 * other number. It lives as long as the library is loaded.
 */
CREATEACCOUNT_API
const char *createaccount_captcha_kind_name(uint32_t kind);

/**
 * The question or the sum as plain text; empty for pictures and widgets. Borrowed; NULL only if
 * the argument is NULL.
 */
CREATEACCOUNT_API
const char *createaccount_captcha_text(const createaccount_captcha *captcha);

/**
 * The MIME type that the wiki names, for instance "image/png"; empty if it names none. Borrowed;
 * NULL only if the argument is NULL.
 */
CREATEACCOUNT_API
const char *createaccount_captcha_mime(const createaccount_captcha *captcha);

/**
 * The site key that the widget needs. Borrowed; NULL if there is none.
 */
CREATEACCOUNT_API
const char *createaccount_captcha_site_key(const createaccount_captcha *captcha);

/**
 * The absolute address of a picture, on the wiki's own origin. It works only with the client's cookies, so
 * fetch it with createaccount_client_captcha_image. Borrowed; NULL if there is none.
 */
CREATEACCOUNT_API
const char *createaccount_captcha_image_url(const createaccount_captcha *captcha);

/**
 * The MIME type of a picture by its first bytes: "image/png", "image/jpeg", "image/gif" or
 * "image/webp". NULL for anything else: formats in which a browser would run code or load links
 * (SVG, HTML) do not count as pictures, whatever the server calls them.
 * createaccount_client_captcha_image gives only pictures that have a type. The string lives as
 * long as the library is loaded.
 */
CREATEACCOUNT_API
const char *createaccount_image_type(const uint8_t *data, size_t length);

/**
 * The name of the field that takes the answer. Borrowed; NULL only if the argument is NULL.
 */
CREATEACCOUNT_API
const char *createaccount_captcha_answer_field(const createaccount_captcha *captcha);

/**
 * How many fields belong to the captcha. The functions of this section give its text, picture or
 * widget; a program that shows these need not show those fields of the captcha that ask nothing
 * (createaccount_field_asks). A null field that does not belong to the captcha is a separate
 * notice: show it.
 */
CREATEACCOUNT_API
size_t createaccount_captcha_field_count(const createaccount_captcha *captcha);

/**
 * The name of a field that belongs to the captcha, in the wiki's order. Borrowed; NULL past the end.
 */
CREATEACCOUNT_API
const char *createaccount_captcha_field_at(const createaccount_captcha *captcha,
                                           size_t index);

/* ---- Verdicts -------------------------------------------------------------------------------------------- */

/**
 * Yes, no or unknown; unknown for NULL.
 */
CREATEACCOUNT_API
createaccount_answer_t createaccount_verdict_answer(const createaccount_verdict *verdict);

/**
 * The wiki's code for a no, for instance "userexists". Borrowed; NULL if there is none.
 */
CREATEACCOUNT_API
const char *createaccount_verdict_code(const createaccount_verdict *verdict);

/**
 * The wiki's reason, in the requested language where available. Borrowed; NULL if there is none.
 */
CREATEACCOUNT_API
const char *createaccount_verdict_message(const createaccount_verdict *verdict);

/**
 * The user name as the wiki writes it. Borrowed; NULL if there is none.
 */
CREATEACCOUNT_API
const char *createaccount_verdict_canonical(const createaccount_verdict *verdict);

/**
 * Frees a verdict and the strings borrowed from it. NULL is fine.
 */
CREATEACCOUNT_API
void createaccount_verdict_free(createaccount_verdict *verdict);

/* ---- Transport callback: the request --------------------------------------------------------------------- */

/**
 * "GET" or "POST". Borrowed; NULL only if the argument is NULL.
 */
CREATEACCOUNT_API
const char *createaccount_http_request_method(const createaccount_http_request *request);

/**
 * The absolute address, query included. Borrowed; NULL only if the argument is NULL.
 */
CREATEACCOUNT_API
const char *createaccount_http_request_url(const createaccount_http_request *request);

/**
 * How many headers to send. What HTTP itself needs (Host, Content-Length and so on) is not among them.
 */
CREATEACCOUNT_API
size_t createaccount_http_request_header_count(const createaccount_http_request *request);

/**
 * The name of a header, in lower case. Borrowed; NULL past the end.
 */
CREATEACCOUNT_API
const char *createaccount_http_request_header_name_at(const createaccount_http_request *request,
                                                      size_t index);

/**
 * The value of a header. Those of "cookie", "authorization" and the program's own headers are secret. Borrowed; NULL
 * past the end.
 */
CREATEACCOUNT_API
const char *createaccount_http_request_header_value_at(const createaccount_http_request *request,
                                                       size_t index);

/**
 * The body, createaccount_http_request_body_length bytes without a NUL at the end. It may hold
 * passwords. Borrowed; NULL if there is none.
 */
CREATEACCOUNT_API
const uint8_t *createaccount_http_request_body(const createaccount_http_request *request);

/**
 * The length of the body in bytes; 0 if there is none.
 */
CREATEACCOUNT_API
size_t createaccount_http_request_body_length(const createaccount_http_request *request);

/**
 * The time limit for the whole exchange, in milliseconds.
 */
CREATEACCOUNT_API
uint64_t createaccount_http_request_timeout_ms(const createaccount_http_request *request);

/**
 * The time limit for name resolution, connection and TLS, in milliseconds.
 */
CREATEACCOUNT_API
uint64_t createaccount_http_request_connect_timeout_ms(const createaccount_http_request *request);

/**
 * The largest body to receive, in bytes after decoding.
 */
CREATEACCOUNT_API
uint64_t createaccount_http_request_body_limit(const createaccount_http_request *request);

/**
 * Calls the interrupt callback, and returns whether the call was cancelled, by that callback or by
 * createaccount_client_cancel. Call it several times a second while waiting, and give up when it
 * is true.
 */
CREATEACCOUNT_API
bool createaccount_http_request_poll(const createaccount_http_request *request);

/* ---- Transport callback: the response -------------------------------------------------------------------- */

/**
 * The HTTP status, 100 to 999. A response without one counts as a failure of the callback.
 */
CREATEACCOUNT_API
void createaccount_http_response_set_status(createaccount_http_response *response,
                                            int32_t status);

/**
 * Adds a header. Repeat it for headers that came more than once, as "set-cookie" does. Both strings are
 * copied.
 */
CREATEACCOUNT_API
void createaccount_http_response_add_header(createaccount_http_response *response,
                                            const char *name,
                                            const char *value);

/**
 * Appends `length` bytes to the body, decoded if it came compressed. They are copied. Returns
 * false when the body has become larger than createaccount_http_request_body_limit: there is no
 * point in receiving the rest, because the call will fail.
 */
CREATEACCOUNT_API
bool createaccount_http_response_append_body(createaccount_http_response *response,
                                             const uint8_t *data,
                                             size_t length);

/**
 * Sets the error's message: a sentence for a person that says why there is no response. It is
 * copied, and must not hold secrets.
 */
CREATEACCOUNT_API
void createaccount_http_response_set_error(createaccount_http_response *response,
                                           const char *message);

/**
 * Says that the request certainly did not reach the wiki completely: the name was not found, the
 * connection was refused, TLS failed. Without this, a request that makes an account counts as
 * possibly received.
 */
CREATEACCOUNT_API
void createaccount_http_response_set_not_sent(createaccount_http_response *response);

/* ---- Bytes and strings ----------------------------------------------------------------------------------- */

/**
 * Overwrites and frees bytes from createaccount_client_save or createaccount_client_captcha_image;
 * `length` is the length that came with them. NULL is fine.
 */
CREATEACCOUNT_API
void createaccount_bytes_free(uint8_t *data, size_t length);

/**
 * Frees a string that was written to an output. NULL is fine.
 */
CREATEACCOUNT_API
void createaccount_string_free(char *text);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* CREATEACCOUNT_H */
