/* The declarations of createaccount.h 0.1.0, without preprocessor lines and comments; the manual is there. */
typedef enum {
    CREATEACCOUNT_STATUS_OK = 0,
    CREATEACCOUNT_STATUS_INVALID_ARGUMENT = 1,
    CREATEACCOUNT_STATUS_INVALID_STATE = 2,
    CREATEACCOUNT_STATUS_TRANSPORT = 3,
    CREATEACCOUNT_STATUS_TIMEOUT = 4,
    CREATEACCOUNT_STATUS_CANCELLED = 5,
    CREATEACCOUNT_STATUS_API = 6,
    CREATEACCOUNT_STATUS_PROTOCOL = 7,
    CREATEACCOUNT_STATUS_CALLBACK = 8,
    CREATEACCOUNT_STATUS_PANIC = 9,
    CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN = 10,
} createaccount_status_t;
typedef enum {
    CREATEACCOUNT_PROBLEM_NONE = 0,
    CREATEACCOUNT_PROBLEM_INVALID = 1,
    CREATEACCOUNT_PROBLEM_REQUIRED = 2,
    CREATEACCOUNT_PROBLEM_NOT_TICKED = 3,
    CREATEACCOUNT_PROBLEM_NOT_PRESSED = 4,
    CREATEACCOUNT_PROBLEM_NOT_A_CHOICE = 5,
    CREATEACCOUNT_PROBLEM_WRONG_TYPE = 6,
    CREATEACCOUNT_PROBLEM_CONTROL_CHARACTER = 7,
    CREATEACCOUNT_PROBLEM_NOT_UTF8 = 8,
    CREATEACCOUNT_PROBLEM_UNKNOWN_FIELD = 9,
    CREATEACCOUNT_PROBLEM_UNKNOWN_REQUEST = 10,
    CREATEACCOUNT_PROBLEM_TOO_MANY = 11,
    CREATEACCOUNT_PROBLEM_HIDDEN = 12,
    CREATEACCOUNT_PROBLEM_SHOWN_ONLY = 13,
    CREATEACCOUNT_PROBLEM_NOT_SENDABLE = 14,
    CREATEACCOUNT_PROBLEM_NOT_IN_USE = 15,
    CREATEACCOUNT_PROBLEM_SEVERAL_WAYS = 16,
    CREATEACCOUNT_PROBLEM_NO_WAY = 17,
    CREATEACCOUNT_PROBLEM_CONFLICTING = 18,
    CREATEACCOUNT_PROBLEM_KEPT_NAME = 19,
} createaccount_problem_t;
typedef enum {
    CREATEACCOUNT_REASON_OTHER = 0,
    CREATEACCOUNT_REASON_NAME_TAKEN = 1,
    CREATEACCOUNT_REASON_NAME_INVALID = 2,
    CREATEACCOUNT_REASON_NAME_FORBIDDEN = 3,
    CREATEACCOUNT_REASON_PASSWORD = 4,
    CREATEACCOUNT_REASON_PASSWORD_MISMATCH = 5,
    CREATEACCOUNT_REASON_EMAIL = 6,
    CREATEACCOUNT_REASON_CAPTCHA = 7,
    CREATEACCOUNT_REASON_CAPTCHA_SERVICE = 8,
    CREATEACCOUNT_REASON_PERMISSION = 9,
    CREATEACCOUNT_REASON_BLOCKED = 10,
    CREATEACCOUNT_REASON_THROTTLED = 11,
    CREATEACCOUNT_REASON_RATE_LIMITED = 12,
    CREATEACCOUNT_REASON_READ_ONLY = 13,
    CREATEACCOUNT_REASON_BUSY = 14,
    CREATEACCOUNT_REASON_SESSION_LOST = 15,
    CREATEACCOUNT_REASON_NO_PRIMARY = 16,
    CREATEACCOUNT_REASON_FILTER = 17,
} createaccount_reason_t;
typedef enum {
    CREATEACCOUNT_FAILURE_NONE = 0,
    CREATEACCOUNT_FAILURE_NAME = 1,
    CREATEACCOUNT_FAILURE_CONNECT = 2,
    CREATEACCOUNT_FAILURE_PROXY = 3,
    CREATEACCOUNT_FAILURE_CERTIFICATE = 4,
    CREATEACCOUNT_FAILURE_TLS = 5,
    CREATEACCOUNT_FAILURE_LOST = 6,
    CREATEACCOUNT_FAILURE_PROTOCOL = 7,
    CREATEACCOUNT_FAILURE_BOUND = 8,
    CREATEACCOUNT_FAILURE_TIMEOUT_NAME = 9,
    CREATEACCOUNT_FAILURE_TIMEOUT_CONNECT = 10,
    CREATEACCOUNT_FAILURE_TIMEOUT_PROXY = 11,
    CREATEACCOUNT_FAILURE_TIMEOUT_TLS = 12,
    CREATEACCOUNT_FAILURE_TIMEOUT_SEND = 13,
    CREATEACCOUNT_FAILURE_TIMEOUT_ANSWER = 14,
    CREATEACCOUNT_FAILURE_TIMEOUT_BODY = 15,
    CREATEACCOUNT_FAILURE_DEADLINE = 16,
} createaccount_failure_t;
typedef enum {
    CREATEACCOUNT_STEP_OTHER = 0,
    CREATEACCOUNT_STEP_FORM = 1,
    CREATEACCOUNT_STEP_UI = 2,
    CREATEACCOUNT_STEP_REDIRECT = 3,
    CREATEACCOUNT_STEP_RESTART = 4,
    CREATEACCOUNT_STEP_PASS = 5,
    CREATEACCOUNT_STEP_FAIL = 6,
} createaccount_step_kind_t;
typedef enum {
    CREATEACCOUNT_FIELD_TYPE_OTHER = 0,
    CREATEACCOUNT_FIELD_TYPE_STRING = 1,
    CREATEACCOUNT_FIELD_TYPE_PASSWORD = 2,
    CREATEACCOUNT_FIELD_TYPE_SELECT = 3,
    CREATEACCOUNT_FIELD_TYPE_MULTISELECT = 4,
    CREATEACCOUNT_FIELD_TYPE_CHECKBOX = 5,
    CREATEACCOUNT_FIELD_TYPE_BUTTON = 6,
    CREATEACCOUNT_FIELD_TYPE_HIDDEN = 7,
    CREATEACCOUNT_FIELD_TYPE_NULL = 8,
} createaccount_field_type_t;
typedef enum {
    CREATEACCOUNT_REQUIRED_OPTIONAL = 0,
    CREATEACCOUNT_REQUIRED_REQUIRED = 1,
    CREATEACCOUNT_REQUIRED_PRIMARY = 2,
} createaccount_required_t;
typedef enum {
    CREATEACCOUNT_CAPTCHA_OTHER = 0,
    CREATEACCOUNT_CAPTCHA_IMAGE = 1,
    CREATEACCOUNT_CAPTCHA_QUESTION = 2,
    CREATEACCOUNT_CAPTCHA_ARITHMETIC = 3,
    CREATEACCOUNT_CAPTCHA_WIDGET = 4,
} createaccount_captcha_kind_t;
typedef enum {
    CREATEACCOUNT_CAPTCHA_SERVICE_OTHER = 0,
    CREATEACCOUNT_CAPTCHA_SERVICE_HCAPTCHA = 1,
    CREATEACCOUNT_CAPTCHA_SERVICE_TURNSTILE = 2,
    CREATEACCOUNT_CAPTCHA_SERVICE_RECAPTCHA = 3,
} createaccount_captcha_service_t;
typedef enum {
    CREATEACCOUNT_ANSWER_UNKNOWN = 0,
    CREATEACCOUNT_ANSWER_YES = 1,
    CREATEACCOUNT_ANSWER_NO = 2,
} createaccount_answer_t;
typedef enum {
    CREATEACCOUNT_BEGIN_PRESERVE_STATE = 1,
} createaccount_begin_t;
typedef enum {
    CREATEACCOUNT_LOG_ERROR = 1,
    CREATEACCOUNT_LOG_WARNING = 2,
    CREATEACCOUNT_LOG_INFO = 3,
    CREATEACCOUNT_LOG_DEBUG = 4,
} createaccount_log_level_t;
typedef struct createaccount_captcha createaccount_captcha;
typedef struct createaccount_client createaccount_client;
typedef struct createaccount_config createaccount_config;
typedef struct createaccount_error createaccount_error;
typedef struct createaccount_field createaccount_field;
typedef struct createaccount_http_request createaccount_http_request;
typedef struct createaccount_http_response createaccount_http_response;
typedef struct createaccount_request createaccount_request;
typedef struct createaccount_step createaccount_step;
typedef struct createaccount_verdict createaccount_verdict;
typedef void (*createaccount_log_fn)(void *user_data, int32_t level, const char *message);
typedef int32_t (*createaccount_send_fn)(void *user_data,
                                         const createaccount_http_request *request,
                                         createaccount_http_response *response);
typedef bool (*createaccount_interrupt_fn)(void *user_data);
const char *createaccount_version(void);
uint32_t createaccount_version_number(void);
const char *createaccount_status_name(uint32_t status);
const char *createaccount_failure_name(uint32_t failure);
const char *createaccount_problem_name(uint32_t problem);
createaccount_status_t createaccount_error_status(const createaccount_error *error);
const char *createaccount_error_message(const createaccount_error *error);
const char *createaccount_error_api_code(const createaccount_error *error);
const char *createaccount_error_field(const createaccount_error *error);
createaccount_problem_t createaccount_error_problem(const createaccount_error *error);
createaccount_reason_t createaccount_error_reason(const createaccount_error *error);
int32_t createaccount_error_http_status(const createaccount_error *error);
int64_t createaccount_error_retry_after(const createaccount_error *error);
createaccount_failure_t createaccount_error_failure(const createaccount_error *error);
void createaccount_error_free(createaccount_error *error);
createaccount_config *createaccount_config_new(void);
createaccount_status_t createaccount_config_set_user_agent(createaccount_config *config,
                                                           const char *user_agent,
                                                           createaccount_error **error);
createaccount_status_t createaccount_config_set_language(createaccount_config *config,
                                                         const char *code,
                                                         createaccount_error **error);
createaccount_status_t createaccount_config_set_message_format(createaccount_config *config,
                                                               const char *format,
                                                               createaccount_error **error);
createaccount_status_t createaccount_config_set_error_format(createaccount_config *config,
                                                             const char *format,
                                                             createaccount_error **error);
createaccount_status_t createaccount_config_set_error_language(createaccount_config *config,
                                                               const char *code,
                                                               createaccount_error **error);
createaccount_status_t createaccount_config_set_return_url(createaccount_config *config,
                                                           const char *url,
                                                           createaccount_error **error);
createaccount_status_t createaccount_config_set_proxy(createaccount_config *config,
                                                      const char *url,
                                                      createaccount_error **error);
createaccount_status_t createaccount_config_set_environment_proxies(createaccount_config *config,
                                                                    bool enabled,
                                                                    createaccount_error **error);
createaccount_status_t createaccount_config_set_ca_file(createaccount_config *config,
                                                        const char *path,
                                                        createaccount_error **error);
createaccount_status_t createaccount_config_set_bearer_token(createaccount_config *config,
                                                             const char *token,
                                                             createaccount_error **error);
createaccount_status_t createaccount_config_set_basic_auth(createaccount_config *config,
                                                           const char *user,
                                                           const char *password,
                                                           createaccount_error **error);
createaccount_status_t createaccount_config_add_header(createaccount_config *config,
                                                       const char *name,
                                                       const char *value,
                                                       createaccount_error **error);
createaccount_status_t createaccount_config_set_seal_key(createaccount_config *config,
                                                         const uint8_t *key,
                                                         size_t key_length,
                                                         createaccount_error **error);
createaccount_status_t createaccount_config_add_open_key(createaccount_config *config,
                                                         const uint8_t *key,
                                                         size_t key_length,
                                                         createaccount_error **error);
createaccount_status_t createaccount_config_set_timeout_ms(createaccount_config *config,
                                                           uint64_t milliseconds,
                                                           createaccount_error **error);
createaccount_status_t createaccount_config_set_connect_timeout_ms(createaccount_config *config,
                                                                   uint64_t milliseconds,
                                                                   createaccount_error **error);
createaccount_status_t createaccount_config_set_deadline_ms(createaccount_config *config,
                                                            uint64_t milliseconds,
                                                            createaccount_error **error);
createaccount_status_t createaccount_config_set_retry_budget_ms(createaccount_config *config,
                                                                uint64_t milliseconds,
                                                                createaccount_error **error);
createaccount_status_t createaccount_config_set_reconcile_wait_ms(createaccount_config *config,
                                                                  uint64_t milliseconds,
                                                                  createaccount_error **error);
createaccount_status_t createaccount_config_set_allow_http(createaccount_config *config,
                                                           bool allow,
                                                           createaccount_error **error);
createaccount_status_t createaccount_config_set_merge_fields(createaccount_config *config,
                                                             bool merge,
                                                             createaccount_error **error);
createaccount_status_t createaccount_config_set_log(createaccount_config *config,
                                                    createaccount_log_fn log_fn,
                                                    void *user_data,
                                                    void (*free_fn)(void *user_data),
                                                    createaccount_error **error);
createaccount_status_t createaccount_config_set_transport(createaccount_config *config,
                                                          createaccount_send_fn send_fn,
                                                          void *user_data,
                                                          void (*free_fn)(void *user_data),
                                                          createaccount_error **error);
createaccount_status_t createaccount_config_set_interrupt(createaccount_config *config,
                                                          createaccount_interrupt_fn interrupt_fn,
                                                          void *user_data,
                                                          void (*free_fn)(void *user_data),
                                                          createaccount_error **error);
void createaccount_config_free(createaccount_config *config);
createaccount_status_t createaccount_find_api(const char *url,
                                              const createaccount_config *config,
                                              char **api_url,
                                              createaccount_error **error);
createaccount_status_t createaccount_client_new(const char *api_url,
                                                const createaccount_config *config,
                                                createaccount_client **client,
                                                createaccount_error **error);
createaccount_status_t createaccount_client_begin(createaccount_client *client,
                                                  uint32_t flags,
                                                  createaccount_step **step,
                                                  createaccount_error **error);
createaccount_status_t createaccount_client_begin_login(createaccount_client *client,
                                                        createaccount_step **step,
                                                        createaccount_error **error);
createaccount_status_t createaccount_client_login(createaccount_client *client,
                                                  const char *username,
                                                  const char *password,
                                                  createaccount_step **step,
                                                  createaccount_error **error);
createaccount_status_t createaccount_client_use_request(createaccount_client *client,
                                                        const char *request_id,
                                                        createaccount_error **error);
createaccount_status_t createaccount_client_set_field(createaccount_client *client,
                                                      const char *name,
                                                      const char *value,
                                                      createaccount_error **error);
createaccount_status_t createaccount_client_clear_answer(createaccount_client *client,
                                                         createaccount_error **error);
createaccount_status_t createaccount_client_add_choice(createaccount_client *client,
                                                       const char *name,
                                                       const char *value,
                                                       createaccount_error **error);
createaccount_status_t createaccount_client_set_unchecked(createaccount_client *client,
                                                          bool unchecked,
                                                          createaccount_error **error);
createaccount_status_t createaccount_client_submit(createaccount_client *client,
                                                   createaccount_step **step,
                                                   createaccount_error **error);
createaccount_status_t createaccount_client_resume(createaccount_client *client,
                                                   const char *returned_url,
                                                   const uint8_t *body,
                                                   size_t body_length,
                                                   createaccount_step **step,
                                                   createaccount_error **error);
createaccount_status_t createaccount_client_reconcile(createaccount_client *client,
                                                      createaccount_step **step,
                                                      createaccount_error **error);
createaccount_status_t createaccount_client_reconcile_name(createaccount_client *client,
                                                           const char *username,
                                                           int64_t since,
                                                           createaccount_step **step,
                                                           createaccount_error **error);
int64_t createaccount_client_wiki_time(createaccount_client *client);
createaccount_step *createaccount_client_step(createaccount_client *client);
createaccount_status_t createaccount_client_captcha_image(createaccount_client *client,
                                                          uint8_t **data,
                                                          size_t *length,
                                                          createaccount_error **error);
createaccount_status_t createaccount_client_can_create(createaccount_client *client,
                                                       createaccount_verdict **verdict,
                                                       createaccount_error **error);
createaccount_status_t createaccount_client_check_username(createaccount_client *client,
                                                           const char *username,
                                                           createaccount_verdict **verdict,
                                                           createaccount_error **error);
createaccount_status_t createaccount_client_check_password(createaccount_client *client,
                                                           const char *password,
                                                           const char *username,
                                                           createaccount_verdict **verdict,
                                                           createaccount_error **error);
void createaccount_client_cancel(createaccount_client *client);
createaccount_status_t createaccount_client_save(createaccount_client *client,
                                                 uint8_t **data,
                                                 size_t *length,
                                                 createaccount_error **error);
createaccount_status_t createaccount_client_load(const char *api_url,
                                                 const uint8_t *data,
                                                 size_t length,
                                                 const createaccount_config *config,
                                                 createaccount_client **client,
                                                 createaccount_error **error);
void createaccount_client_free(createaccount_client *client);
createaccount_step_kind_t createaccount_step_kind(const createaccount_step *step);
const char *createaccount_step_kind_name(uint32_t kind);
const char *createaccount_step_status(const createaccount_step *step);
const char *createaccount_step_message(const createaccount_step *step);
bool createaccount_step_message_is_own(const createaccount_step *step);
size_t createaccount_step_message_part_count(const createaccount_step *step);
const char *createaccount_step_message_part_at(const createaccount_step *step,
                                               size_t index);
const char *createaccount_step_message_code(const createaccount_step *step);
const char *createaccount_step_username(const createaccount_step *step);
bool createaccount_step_is_login(const createaccount_step *step);
createaccount_reason_t createaccount_step_reason(const createaccount_step *step);
const char *createaccount_reason_name(uint32_t reason);
int64_t createaccount_step_retry_after(const createaccount_step *step);
const char *createaccount_step_redirect_target(const createaccount_step *step);
const char *createaccount_step_redirect_data(const createaccount_step *step);
const char *createaccount_step_return_url(const createaccount_step *step);
bool createaccount_step_catches_return(const createaccount_step *step);
bool createaccount_step_can_create(const createaccount_step *step);
bool createaccount_step_can_preserve_state(const createaccount_step *step);
bool createaccount_step_has_preserved_state(const createaccount_step *step);
const char *createaccount_step_preserved_username(const createaccount_step *step);
size_t createaccount_step_field_count(const createaccount_step *step);
const createaccount_field *createaccount_step_field_at(const createaccount_step *step,
                                                       size_t index);
const createaccount_field *createaccount_step_field(const createaccount_step *step,
                                                    const char *name);
size_t createaccount_step_request_count(const createaccount_step *step);
const createaccount_request *createaccount_step_request_at(const createaccount_step *step,
                                                           size_t index);
const createaccount_captcha *createaccount_step_captcha(const createaccount_step *step);
const char *createaccount_step_raw_json(const createaccount_step *step);
void createaccount_step_free(createaccount_step *step);
const char *createaccount_field_name(const createaccount_field *field);
createaccount_field_type_t createaccount_field_type(const createaccount_field *field);
const char *createaccount_field_type_name(uint32_t field_type);
const char *createaccount_field_label(const createaccount_field *field);
const char *createaccount_field_help(const createaccount_field *field);
const char *createaccount_field_value(const createaccount_field *field);
bool createaccount_field_is_required(const createaccount_field *field);
bool createaccount_field_is_sensitive(const createaccount_field *field);
bool createaccount_field_asks(const createaccount_field *field);
size_t createaccount_field_choice_count(const createaccount_field *field);
const char *createaccount_field_choice_value_at(const createaccount_field *field,
                                                size_t index);
const char *createaccount_field_choice_label_at(const createaccount_field *field,
                                                size_t index);
bool createaccount_field_choice_is_preset_at(const createaccount_field *field,
                                             size_t index);
const char *createaccount_request_id(const createaccount_request *request);
const char *createaccount_request_provider(const createaccount_request *request);
const char *createaccount_request_account(const createaccount_request *request);
createaccount_required_t createaccount_request_required(const createaccount_request *request);
const char *createaccount_required_name(uint32_t required);
const char *createaccount_request_metadata_json(const createaccount_request *request);
size_t createaccount_request_field_count(const createaccount_request *request);
const createaccount_field *createaccount_request_field_at(const createaccount_request *request,
                                                          size_t index);
createaccount_captcha_kind_t createaccount_captcha_kind(const createaccount_captcha *captcha);
createaccount_captcha_service_t createaccount_captcha_service(const createaccount_captcha *captcha);
const char *createaccount_captcha_service_name(uint32_t service);
const char *createaccount_captcha_kind_name(uint32_t kind);
const char *createaccount_captcha_text(const createaccount_captcha *captcha);
const char *createaccount_captcha_mime(const createaccount_captcha *captcha);
const char *createaccount_captcha_site_key(const createaccount_captcha *captcha);
const char *createaccount_captcha_image_url(const createaccount_captcha *captcha);
const char *createaccount_image_type(const uint8_t *data, size_t length);
const char *createaccount_captcha_answer_field(const createaccount_captcha *captcha);
size_t createaccount_captcha_field_count(const createaccount_captcha *captcha);
const char *createaccount_captcha_field_at(const createaccount_captcha *captcha,
                                           size_t index);
createaccount_answer_t createaccount_verdict_answer(const createaccount_verdict *verdict);
const char *createaccount_verdict_code(const createaccount_verdict *verdict);
const char *createaccount_verdict_message(const createaccount_verdict *verdict);
const char *createaccount_verdict_canonical(const createaccount_verdict *verdict);
void createaccount_verdict_free(createaccount_verdict *verdict);
const char *createaccount_http_request_method(const createaccount_http_request *request);
const char *createaccount_http_request_url(const createaccount_http_request *request);
size_t createaccount_http_request_header_count(const createaccount_http_request *request);
const char *createaccount_http_request_header_name_at(const createaccount_http_request *request,
                                                      size_t index);
const char *createaccount_http_request_header_value_at(const createaccount_http_request *request,
                                                       size_t index);
const uint8_t *createaccount_http_request_body(const createaccount_http_request *request);
size_t createaccount_http_request_body_length(const createaccount_http_request *request);
uint64_t createaccount_http_request_timeout_ms(const createaccount_http_request *request);
uint64_t createaccount_http_request_connect_timeout_ms(const createaccount_http_request *request);
uint64_t createaccount_http_request_body_limit(const createaccount_http_request *request);
bool createaccount_http_request_poll(const createaccount_http_request *request);
void createaccount_http_response_set_status(createaccount_http_response *response,
                                            int32_t status);
void createaccount_http_response_add_header(createaccount_http_response *response,
                                            const char *name,
                                            const char *value);
bool createaccount_http_response_append_body(createaccount_http_response *response,
                                             const uint8_t *data,
                                             size_t length);
void createaccount_http_response_set_error(createaccount_http_response *response,
                                           const char *message);
void createaccount_http_response_set_not_sent(createaccount_http_response *response);
void createaccount_bytes_free(uint8_t *data, size_t length);
void createaccount_string_free(char *text);
