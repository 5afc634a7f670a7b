// createaccount.hpp: createaccount.h for C++17, header only. Licence: MIT or Apache-2.0.
//
// Each class owns or views one type of the C API, and each member makes one call of it; createaccount.h says
// what the calls do. The differences:
//
// * A call that fails throws createaccount::Error, the only exception that this header throws.
// * Objects free themselves. They can be moved, not copied; a moved-from one can only be assigned to or
//   destroyed.
// * A std::string_view or a view (Field, Request, Captcha, StepView, List) lives as long as the object that gave
//   it: keep steps in variables. Views of a temporary do not compile. Where C has NULL, data() is nullptr and the
//   view is empty. Views of strings end in NUL.
// * Callbacks may throw; their exceptions are caught before they reach C frames. A transport that throws has
//   failed, a log that throws is ignored, an interrupt that throws cancels.

#ifndef CREATEACCOUNT_HPP
#define CREATEACCOUNT_HPP

#if !defined(__cpp_exceptions) && !defined(_CPPUNWIND)
#error "createaccount.hpp throws exceptions: enable them, or use createaccount.h."
#endif

#include <createaccount.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace createaccount {

/// A string of the C API; NULL becomes a view whose data() is nullptr.
inline std::string_view view(const char *text) {
    return text ? std::string_view(text) : std::string_view();
}

/// Seconds of the C API, where -1 stands for none.
inline std::optional<std::chrono::seconds> seconds(std::int64_t count) {
    return count < 0 ? std::nullopt : std::optional(std::chrono::seconds(count));
}

/// The bytes of an argument: of a std::vector, std::array, std::string, std::span, Bytes, or whatever has data() and
/// size().
class ByteView {
public:
    ByteView() = default;
    ByteView(const std::uint8_t *data, std::size_t size) : data_(data), size_(size) {}
    template <typename Range, typename = decltype(std::declval<const Range &>().size())>
    ByteView(const Range &range) : size_(range.size()) {
        static_assert(sizeof(*range.data()) == 1, "These are not bytes.");
        const void *data = range.data();
        data_ = static_cast<const std::uint8_t *>(data);
    }
    const std::uint8_t *data() const { return data_; }
    std::size_t size() const { return size_; }

private:
    const std::uint8_t *data_ = nullptr;
    std::size_t size_ = 0;
};

/// Why a call failed; what() has sentences for a person. Copies share the library's error object.
class Error : public std::runtime_error {
public:
    Error(createaccount_status_t status, createaccount_error *error)
        : std::runtime_error(error ? createaccount_error_message(error) : "The call failed."),
          status_(status), error_(error, createaccount_error_free) {}
    Error(createaccount_status_t status, const char *message) : std::runtime_error(message), status_(status) {}

    createaccount_status_t status() const noexcept { return status_; }
    std::string_view api_code() const { return view(createaccount_error_api_code(error_.get())); }
    createaccount_reason_t reason() const { return createaccount_error_reason(error_.get()); }
    std::string_view field() const { return view(createaccount_error_field(error_.get())); }
    /// what is wrong with the value of that field; createaccount_problem_name has its name
    createaccount_problem_t problem() const { return createaccount_error_problem(error_.get()); }
    std::int32_t http_status() const { return createaccount_error_http_status(error_.get()); }
    std::optional<std::chrono::seconds> retry_after() const {
        return seconds(createaccount_error_retry_after(error_.get()));
    }
    /// what failed on the way to the wiki and back; createaccount_failure_name has its name
    createaccount_failure_t failure() const { return createaccount_error_failure(error_.get()); }

private:
    createaccount_status_t status_;
    std::shared_ptr<const createaccount_error> error_;
};

/// A string argument, for one call: a C string or a std::string, which are not copied, or a std::string_view,
/// whose copy is overwritten afterwards. A view whose data() is nullptr counts as NULL.
class Text {
public:
    Text(const char *text) noexcept : text_(text) {}
    Text(const std::string &text) : text_(without_nul(text).data()) {}
    Text(std::string_view text)
        : copy_(without_nul(text)), text_(text.data() ? copy_.c_str() : nullptr) {}
    Text(const Text &) = delete;
    Text &operator=(const Text &) = delete;
    ~Text() {
        volatile char *copy = copy_.data(); // volatile, so that compilers do not optimise it away
        for (std::size_t i = 0; i < copy_.size(); i++)
            copy[i] = '\0';
    }
    operator const char *() const noexcept { return text_; }

private:
    static std::string_view without_nul(std::string_view text) {
        if (text.find('\0') != text.npos)
            throw Error(CREATEACCOUNT_STATUS_INVALID_ARGUMENT, "A string argument holds a NUL.");
        return text;
    }

    std::string copy_; // copied from a view, which need not end in NUL
    const char *text_;
};

namespace detail {

template <auto Free> struct Deleter {
    template <typename T> void operator()(T *object) const noexcept { Free(object); }
};

/// A view of an object of the C API, or its owner.
template <typename Pointer> class Holder {
public:
    using Raw = typename std::pointer_traits<Pointer>::element_type;
    explicit Holder(Raw *object) : object_(object) {}

protected:
    Pointer object_;
};
template <typename T> using View = Holder<const T *>;
template <typename T, auto Free> using Owner = Holder<std::unique_ptr<T, Deleter<Free>>>;

/// Makes a call whose last parameter is the error.
template <typename Function, typename... Arguments>
void call(Function function, const Arguments &...arguments) {
    createaccount_error *error = nullptr;
    createaccount_status_t status = function(arguments..., &error);
    if (status != CREATEACCOUNT_STATUS_OK)
        throw Error(status, error);
}

/// Makes a call that gives an object.
template <typename T, typename Function, typename... Arguments>
T make(Function function, const Arguments &...arguments) {
    typename T::Raw *made = nullptr;
    call(function, arguments..., &made);
    return T(made);
}

} // namespace detail

/// Something to loop over: `for (auto field : step.fields())`. A view of its owner.
template <typename Object, typename Item, auto Count, auto At> class List : detail::View<Object> {
public:
    class iterator {
    public:
        struct pointer {
            Item item;
            const Item *operator->() const { return &item; }
        };
        using value_type = Item;
        using reference = Item; ///< made anew each time, so by C++17's rules it is an input iterator
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::input_iterator_tag;
        using iterator_concept = std::forward_iterator_tag; ///< by C++20's rules
        iterator() = default;
        iterator(const Object *owner, std::size_t index) : owner_(owner), index_(index) {}
        Item operator*() const { return Item(At(owner_, index_)); }
        pointer operator->() const { return {**this}; }
        iterator &operator++() { return ++index_, *this; }
        iterator operator++(int) { return {owner_, index_++}; }
        bool operator==(const iterator &other) const { return index_ == other.index_; }
        bool operator!=(const iterator &other) const { return index_ != other.index_; }

    private:
        const Object *owner_ = nullptr;
        std::size_t index_ = 0;
    };
    explicit List(const Object *owner) : detail::View<Object>(owner) {}
    iterator begin() const { return {this->object_, 0}; }
    iterator end() const { return {this->object_, size()}; }
    std::size_t size() const { return Count(this->object_); }
    Item operator[](std::size_t index) const { return Item(At(this->object_, index)); } ///< only below size()
};

/// One choice of a select or multiselect.
struct Choice {
    std::string_view value, label; ///< what is sent, and what is shown
    bool is_preset = false;        ///< for a multiselect: chosen unless something else is set
};

namespace detail {
inline Choice choice_at(const createaccount_field *field, std::size_t index) {
    return {view(createaccount_field_choice_value_at(field, index)),
            view(createaccount_field_choice_label_at(field, index)),
            createaccount_field_choice_is_preset_at(field, index)};
}
} // namespace detail

/// A field of a form; a view of its step.
class Field : public detail::View<createaccount_field> {
public:
    using Holder::Holder;
    using Choices = List<createaccount_field, Choice, createaccount_field_choice_count, detail::choice_at>;
    std::string_view name() const { return view(createaccount_field_name(object_)); }
    createaccount_field_type_t type() const { return createaccount_field_type(object_); }
    std::string_view label() const { return view(createaccount_field_label(object_)); }
    std::string_view help() const { return view(createaccount_field_help(object_)); }
    std::string_view value() const { return view(createaccount_field_value(object_)); }
    bool is_required() const { return createaccount_field_is_required(object_); }
    bool is_sensitive() const { return createaccount_field_is_sensitive(object_); }
    bool asks() const { return createaccount_field_asks(object_); }
    Choices choices() const { return Choices(object_); }
};

/// An authentication request; a view of its step.
class Request : public detail::View<createaccount_request> {
public:
    using Holder::Holder;
    using Fields =
        List<createaccount_request, Field, createaccount_request_field_count, createaccount_request_field_at>;
    std::string_view id() const { return view(createaccount_request_id(object_)); }
    std::string_view provider() const { return view(createaccount_request_provider(object_)); }
    std::string_view account() const { return view(createaccount_request_account(object_)); }
    createaccount_required_t required() const { return createaccount_request_required(object_); }
    std::string_view metadata_json() const { return view(createaccount_request_metadata_json(object_)); }
    Fields fields() const { return Fields(object_); }
};

/// A captcha; a view of its step.
class Captcha : public detail::View<createaccount_captcha> {
public:
    using Holder::Holder;
    using Fields = List<createaccount_captcha, std::string_view, createaccount_captcha_field_count,
                        createaccount_captcha_field_at>;
    createaccount_captcha_kind_t kind() const { return createaccount_captcha_kind(object_); }
    std::string_view text() const { return view(createaccount_captcha_text(object_)); }
    std::string_view mime() const { return view(createaccount_captcha_mime(object_)); }
    std::string_view site_key() const { return view(createaccount_captcha_site_key(object_)); }
    std::string_view image_url() const { return view(createaccount_captcha_image_url(object_)); }
    std::string_view answer_field() const { return view(createaccount_captcha_answer_field(object_)); }
    createaccount_captcha_service_t service() const { return createaccount_captcha_service(object_); }
    Fields fields() const { return Fields(object_); } ///< the names of those that belong to it
};

class Step;

/// An answer of the wiki; a view of a step that somebody else owns.
class StepView : public detail::View<createaccount_step> {
public:
    using Holder::Holder;
    StepView(const Step &&) = delete; ///< the step would be gone at the end of the expression
    StepView &operator=(const Step &&) = delete;
    using Fields =
        List<createaccount_step, Field, createaccount_step_field_count, createaccount_step_field_at>;
    using Requests =
        List<createaccount_step, Request, createaccount_step_request_count, createaccount_step_request_at>;
    using MessageParts = List<createaccount_step, std::string_view, createaccount_step_message_part_count,
                              createaccount_step_message_part_at>;
    createaccount_step_kind_t kind() const { return createaccount_step_kind(object_); }
    std::string_view status() const & { return view(createaccount_step_status(object_)); }
    std::string_view message() const & { return view(createaccount_step_message(object_)); }
    bool message_is_own() const { return createaccount_step_message_is_own(object_); }
    MessageParts message_parts() const & { return MessageParts(object_); }
    std::string_view message_code() const & { return view(createaccount_step_message_code(object_)); }
    std::string_view username() const & { return view(createaccount_step_username(object_)); }
    /// Whether a PASS means that a login succeeded; false for other steps.
    bool is_login() const { return createaccount_step_is_login(object_); }
    createaccount_reason_t reason() const { return createaccount_step_reason(object_); }
    std::optional<std::chrono::seconds> retry_after() const {
        return seconds(createaccount_step_retry_after(object_));
    }
    std::string_view redirect_target() const & { return view(createaccount_step_redirect_target(object_)); }
    std::string_view redirect_data() const & { return view(createaccount_step_redirect_data(object_)); }
    std::string_view return_url() const & { return view(createaccount_step_return_url(object_)); }
    bool catches_return() const { return createaccount_step_catches_return(object_); }
    bool can_create() const { return createaccount_step_can_create(object_); }
    bool can_preserve_state() const { return createaccount_step_can_preserve_state(object_); }
    bool has_preserved_state() const { return createaccount_step_has_preserved_state(object_); }
    std::string_view preserved_username() const & {
        return view(createaccount_step_preserved_username(object_));
    }
    std::string_view raw_json() const & { return view(createaccount_step_raw_json(object_)); }
    Fields fields() const & { return Fields(object_); }
    std::optional<Field> field(Text name) const & {
        const createaccount_field *field = createaccount_step_field(object_, name);
        return field ? std::optional<Field>(field) : std::nullopt;
    }
    Requests requests() const & { return Requests(object_); }
    std::optional<Captcha> captcha() const & {
        const createaccount_captcha *captcha = createaccount_step_captcha(object_);
        return captcha ? std::optional<Captcha>(captcha) : std::nullopt;
    }
};

/// An answer of the wiki. It may outlive the client.
class Step : public StepView {
public:
    using Raw = createaccount_step;
    explicit Step(createaccount_step *step) : StepView(step), owned_(step) {}
    explicit operator bool() const { return owned_ != nullptr; }

    using StepView::status, StepView::message, StepView::message_parts, StepView::message_code, StepView::username,
        StepView::redirect_target, StepView::redirect_data, StepView::return_url,
        StepView::preserved_username, StepView::raw_json, StepView::fields, StepView::field, StepView::requests,
        StepView::captcha;
    std::string_view status() const && = delete;
    std::string_view message() const && = delete;
    MessageParts message_parts() const && = delete;
    std::string_view message_code() const && = delete;
    std::string_view username() const && = delete;
    std::string_view redirect_target() const && = delete;
    std::string_view redirect_data() const && = delete;
    std::string_view return_url() const && = delete;
    std::string_view preserved_username() const && = delete;
    std::string_view raw_json() const && = delete;
    Fields fields() const && = delete;
    std::optional<Field> field(Text name) const && = delete;
    Requests requests() const && = delete;
    std::optional<Captcha> captcha() const && = delete;

private:
    std::unique_ptr<createaccount_step, detail::Deleter<createaccount_step_free>> owned_;
};

/// What the wiki says about a name, a password or a visitor. It may outlive the client.
class Verdict : detail::Owner<createaccount_verdict, createaccount_verdict_free> {
public:
    using Holder::Holder, Holder::Raw;
    createaccount_answer_t answer() const { return createaccount_verdict_answer(object_.get()); }
    std::string_view code() const & { return view(createaccount_verdict_code(object_.get())); }
    std::string_view message() const & { return view(createaccount_verdict_message(object_.get())); }
    std::string_view canonical() const & { return view(createaccount_verdict_canonical(object_.get())); }
    std::string_view code() const && = delete;
    std::string_view message() const && = delete;
    std::string_view canonical() const && = delete;
};

/// Bytes that are overwritten when they are freed.
class Bytes {
public:
    Bytes(std::uint8_t *data, std::size_t size) : data_(data, Deleter{size}) {}
    const std::uint8_t *data() const & { return data_.get(); }
    std::size_t size() const { return data_.get_deleter().size; }
    const std::uint8_t *begin() const & { return data(); }
    const std::uint8_t *end() const & { return data() + size(); }
    const std::uint8_t *data() const && = delete;
    const std::uint8_t *begin() const && = delete;
    const std::uint8_t *end() const && = delete;

private:
    struct Deleter {
        std::size_t size;
        void operator()(std::uint8_t *data) const noexcept { createaccount_bytes_free(data, size); }
    };
    std::unique_ptr<std::uint8_t, Deleter> data_;
};

/// The MIME type of a picture by its first bytes, for instance "image/png"; empty for anything else.
inline std::string_view image_type(const std::uint8_t *data, std::size_t size) {
    return view(createaccount_image_type(data, size));
}

inline std::string_view image_type(ByteView picture) {
    return image_type(picture.data(), picture.size());
}

/// A request that a transport has to send. It lives until the transport returns.
class HttpRequest : public detail::View<createaccount_http_request> {
public:
    using Holder::Holder;
    std::string_view method() const { return view(createaccount_http_request_method(object_)); }
    std::string_view url() const { return view(createaccount_http_request_url(object_)); }
    std::size_t header_count() const { return createaccount_http_request_header_count(object_); }
    std::string_view header_name_at(std::size_t i) const {
        return view(createaccount_http_request_header_name_at(object_, i));
    }
    std::string_view header_value_at(std::size_t index) const {
        return view(createaccount_http_request_header_value_at(object_, index));
    }
    std::string_view body() const {
        const void *body = createaccount_http_request_body(object_);
        return {static_cast<const char *>(body), createaccount_http_request_body_length(object_)};
    }
    std::uint64_t timeout_ms() const { return createaccount_http_request_timeout_ms(object_); }
    std::uint64_t connect_timeout_ms() const {
        return createaccount_http_request_connect_timeout_ms(object_);
    }
    std::uint64_t body_limit() const { return createaccount_http_request_body_limit(object_); }
    bool poll() const { return createaccount_http_request_poll(object_); }
};

/// The response that a transport fills in. It lives until the transport returns.
class HttpResponse {
public:
    explicit HttpResponse(createaccount_http_response *response) : response_(response) {}
    void set_status(int status) { createaccount_http_response_set_status(response_, status); }
    void add_header(Text name, Text value) { createaccount_http_response_add_header(response_, name, value); }
    /// False when the body has become too large.
    bool append_body(std::string_view data) {
        const void *bytes = data.data();
        return createaccount_http_response_append_body(response_, static_cast<const std::uint8_t *>(bytes),
                                                       data.size());
    }
    void set_not_sent() { createaccount_http_response_set_not_sent(response_); }

private:
    createaccount_http_response *response_;
};

/// Settings for clients, which copy them. Setters can be chained. nullptr in place of a text or a function
/// restores the default, as does an empty std::function.
class Config : detail::Owner<createaccount_config, createaccount_config_free> {
public:
    using Log = std::function<void(std::int32_t level, std::string_view line)>;
    using Transport = std::function<void(const HttpRequest &request, HttpResponse &response)>;
    using Interrupt = std::function<bool()>;

    Config() : Holder(createaccount_config_new()) {}
    Config &user_agent(Text value) { return set(createaccount_config_set_user_agent, value); }
    Config &language(Text value) { return set(createaccount_config_set_language, value); }
    Config &message_format(Text value) { return set(createaccount_config_set_message_format, value); }
    Config &error_format(Text value) { return set(createaccount_config_set_error_format, value); }
    Config &error_language(Text value) { return set(createaccount_config_set_error_language, value); }
    /// It should contain an unguessable value that belongs to one person's flow; otherwise an attacker could make
    /// another person's browser return into the wrong flow.
    Config &return_url(Text value) { return set(createaccount_config_set_return_url, value); }
    Config &proxy(Text value) { return set(createaccount_config_set_proxy, value); }
    Config &ca_file(Text value) { return set(createaccount_config_set_ca_file, value); }
    Config &bearer_token(Text value) { return set(createaccount_config_set_bearer_token, value); }
    Config &environment_proxies(bool value) {
        return set(createaccount_config_set_environment_proxies, value);
    }
    /// For a web server that asks for HTTP authentication before the wiki is reached; nullptr as the user unsets both.
    Config &basic_auth(Text user, Text password) {
        return detail::call(createaccount_config_set_basic_auth, object_.get(), user, password), *this;
    }
    /// A header for every request; nullptr as the value removes it.
    Config &add_header(Text name, Text value) {
        return detail::call(createaccount_config_add_header, object_.get(), name, value), *this;
    }
    Config &seal_key(ByteView key) { return seal_key(key.data(), key.size()); }
    Config &add_open_key(ByteView key) { return add_open_key(key.data(), key.size()); }
    /// A secret key of 32 random bytes that seals what save gives; load then refuses anything that is not sealed.
    /// nullptr and 0 for none: whoever changes what save gave can then forge a PASS.
    Config &seal_key(const std::uint8_t *key, std::size_t size) {
        return detail::call(createaccount_config_set_seal_key, object_.get(), key, size), *this;
    }
    /// A further key of 32 bytes for load.
    Config &add_open_key(const std::uint8_t *key, std::size_t size) {
        return detail::call(createaccount_config_add_open_key, object_.get(), key, size), *this;
    }
    Config &timeout(std::chrono::milliseconds value) { return timeout_ms(milliseconds(value)); }
    Config &connect_timeout(std::chrono::milliseconds value) {
        return connect_timeout_ms(milliseconds(value));
    }
    Config &deadline(std::chrono::milliseconds value) { return deadline_ms(milliseconds(value)); }
    Config &retry_budget(std::chrono::milliseconds value) { return retry_budget_ms(milliseconds(value)); }
    Config &reconcile_wait(std::chrono::milliseconds value) { return reconcile_wait_ms(milliseconds(value)); }
    Config &timeout_ms(std::uint64_t value) { return set(createaccount_config_set_timeout_ms, value); }
    Config &connect_timeout_ms(std::uint64_t value) {
        return set(createaccount_config_set_connect_timeout_ms, value);
    }
    Config &deadline_ms(std::uint64_t value) { return set(createaccount_config_set_deadline_ms, value); }
    Config &retry_budget_ms(std::uint64_t value) {
        return set(createaccount_config_set_retry_budget_ms, value);
    }
    Config &reconcile_wait_ms(std::uint64_t value) {
        return set(createaccount_config_set_reconcile_wait_ms, value);
    }
    Config &allow_http(bool value) { return set(createaccount_config_set_allow_http, value); }
    Config &merge_fields(bool value) { return set(createaccount_config_set_merge_fields, value); }

    /// Sets the log callback. Its levels are CREATEACCOUNT_LOG_*.
    Config &log(Log log) {
        createaccount_log_fn function = [](void *data, std::int32_t level, const char *line) noexcept {
            try {
                (*static_cast<Log *>(data))(level, view(line));
            } catch (...) {
                // A log that fails must not keep an account from being made.
            }
        };
        return set_callback(createaccount_config_set_log, function, std::move(log));
    }

    /// Sets the transport, which has to throw when there is no response; what() becomes the error's message.
    Config &transport(Transport transport) {
        createaccount_send_fn function = [](void *data, const createaccount_http_request *request,
                                            createaccount_http_response *response) noexcept -> std::int32_t {
            try {
                HttpResponse filled(response);
                return (*static_cast<Transport *>(data))(HttpRequest(request), filled), 0;
            } catch (const std::exception &error) {
                createaccount_http_response_set_error(response, error.what());
            } catch (...) {
                createaccount_http_response_set_error(response, "The transport threw something.");
            }
            return 1;
        };
        return set_callback(createaccount_config_set_transport, function, std::move(transport));
    }

    /// Sets the function that says whether to cancel the call in progress: true cancels it, and so does an exception.
    Config &interrupt(Interrupt interrupt) {
        createaccount_interrupt_fn function = [](void *data) noexcept {
            try {
                return (*static_cast<Interrupt *>(data))();
            } catch (...) {
                return true;
            }
        };
        return set_callback(createaccount_config_set_interrupt, function, std::move(interrupt));
    }

    const createaccount_config *get() const { return object_.get(); }

private:
    static std::uint64_t milliseconds(std::chrono::milliseconds time) {
        return time.count() < 0 ? 0 : static_cast<std::uint64_t>(time.count());
    }
    template <typename Setter, typename Value> Config &set(Setter setter, const Value &value) {
        return detail::call(setter, object_.get(), value), *this;
    }
    template <typename Setter, typename Function, typename Callable>
    Config &set_callback(Setter setter, Function function, Callable callable) {
        if (!callable)
            return detail::call(setter, object_.get(), nullptr, nullptr, nullptr), *this;
        auto data = std::make_unique<Callable>(std::move(callable));
        void (*free)(void *) = [](void *pointer) noexcept { delete static_cast<Callable *>(pointer); };
        detail::call(setter, object_.get(), function, static_cast<void *>(data.get()), free);
        data.release(); // the config owns it only if the call succeeds
        return *this;
    }
};

/// The api.php of a wiki, from the address of a page, an address with a wrong path, or a host name without
/// "https://".
inline std::string find_api(Text url, const Config &config = Config()) {
    char *found = nullptr;
    detail::call(createaccount_find_api, url, config.get(), &found);
    std::unique_ptr<char, detail::Deleter<createaccount_string_free>> api_url(found);
    return api_url.get();
}

/// A conversation with one wiki. One thread at a time, except for cancel.
class Client : detail::Owner<createaccount_client, createaccount_client_free> {
public:
    using Holder::Holder, Holder::Raw;
    explicit Client(Text api_url, const Config &config = Config())
        : Client(detail::make<Client>(createaccount_client_new, api_url, config.get())) {}

    static Client load(Text api_url, ByteView data, const Config &config = Config()) {
        return detail::make<Client>(createaccount_client_load, api_url, data.data(), data.size(), config.get());
    }
    /// Continues with what save gave for the wiki at api_url.
    static Client load(Text api_url, const std::uint8_t *data, std::size_t size,
                       const Config &config = Config()) {
        return detail::make<Client>(createaccount_client_load, api_url, data, size, config.get());
    }

    Step begin(std::uint32_t flags = 0) { return make<Step>(createaccount_client_begin, flags); }
    Step begin_login() { return make<Step>(createaccount_client_begin_login); }
    Step login(Text username, Text password) {
        return make<Step>(createaccount_client_login, username, password);
    }
    Client &use_request(Text id) { return call(createaccount_client_use_request, id); }
    Client &set(Text name, Text value) { return call(createaccount_client_set_field, name, value); }
    Client &clear_answer() { return call(createaccount_client_clear_answer); }
    Client &unset(Text name) { return call(createaccount_client_set_field, name, nullptr); }
    Client &add_choice(Text name, Text value) { return call(createaccount_client_add_choice, name, value); }
    /// Whether the next answer is sent without checking it against the form. Sends nothing.
    Client &set_unchecked(bool unchecked = true) {
        return call(createaccount_client_set_unchecked, unchecked);
    }
    Step submit() { return make<Step>(createaccount_client_submit); }
    /// The body is that of the HTTP request that brought the person back, if it was a POST.
    Step resume(Text returned_url, std::string_view body = {}) {
        const void *bytes = body.data();
        return make<Step>(createaccount_client_resume, returned_url, static_cast<const std::uint8_t *>(bytes),
                          body.size());
    }
    Step reconcile() { return make<Step>(createaccount_client_reconcile); }
    /// What became of a creation of that name; `since` is the wiki's time before it was sent.
    Step reconcile_name(Text username, std::int64_t since) {
        return make<Step>(createaccount_client_reconcile_name, username, since);
    }
    std::int64_t wiki_time() const { return createaccount_client_wiki_time(object_.get()); } ///< -1 if it is not known
    /// The step that is pending or that ended the flow; it converts to false if there is none.
    Step step() const { return Step(createaccount_client_step(object_.get())); }

    Verdict can_create() { return make<Verdict>(createaccount_client_can_create); }
    Verdict check_username(Text username) {
        return make<Verdict>(createaccount_client_check_username, username);
    }
    Verdict check_password(Text password, Text username = nullptr) {
        return make<Verdict>(createaccount_client_check_password, password, username);
    }
    Bytes captcha_image() { return bytes(createaccount_client_captcha_image); }
    Bytes save() { return bytes(createaccount_client_save); }

    /// Any thread may call it at any time.
    void cancel() noexcept { createaccount_client_cancel(object_.get()); }

private:
    template <typename T, typename Function, typename... Arguments>
    T make(Function function, const Arguments &...arguments) {
        return detail::make<T>(function, object_.get(), arguments...);
    }
    template <typename Function, typename... Arguments>
    Client &call(Function function, const Arguments &...arguments) {
        return detail::call(function, object_.get(), arguments...), *this;
    }
    template <typename Function> Bytes bytes(Function function) {
        std::uint8_t *data = nullptr;
        std::size_t size = 0;
        return call(function, &data, &size), Bytes(data, size);
    }
};

} // namespace createaccount

#endif // CREATEACCOUNT_HPP
