// Makes an account on a wiki, step by step, on the terminal:
//
//   signup API_URL
//
// The exit status is 0 only when the account was made.

#include <createaccount.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>

#include <termios.h>
#include <unistd.h>

namespace
{

using createaccount::Client;
using createaccount::Field;
using createaccount::Step;

/// Where third parties send the person back to. Nothing listens there, so the browser shows an error, and the address
/// with it. A program with a web server has an address of its own; bindings/c/loopback.h shows how to listen on loopback.
const char *const return_url = "http://127.0.0.1:9/back";

/// Asks for a line, without showing it if it is secret.
std::string ask(const std::string &what, bool is_secret = false)
{
    std::cout << what << ": " << std::flush;
    termios shown;
    bool hides = is_secret && tcgetattr(STDIN_FILENO, &shown) == 0;
    if (hides) {
        termios hidden = shown;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    std::string line;
    bool got = static_cast<bool>(std::getline(std::cin, line));
    if (hides) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        std::cout << '\n';
    }
    if (!got)
        throw std::runtime_error("The input has ended.");
    return line;
}

/// Asks for a field. An empty line leaves it as the wiki has it.
void ask_for(Client &client, const Field &field)
{
    if (!field.help().empty())
        std::cout << "  " << field.help() << '\n';
    for (auto choice : field.choices())
        std::cout << "  " << choice.value << ": " << choice.label << (choice.is_preset ? " (chosen)\n" : "\n");
    if (!field.value().empty() && !field.is_sensitive())
        std::cout << "  Without an answer: " << field.value() << '\n';
    std::string what(field.label());
    if (field.type() == CREATEACCOUNT_FIELD_TYPE_CHECKBOX || field.type() == CREATEACCOUNT_FIELD_TYPE_BUTTON)
        what += " [1 for yes, 0 for no]";
    if (field.type() == CREATEACCOUNT_FIELD_TYPE_MULTISELECT)
        what += " [a,b,c or a comma for none]";
    auto line = ask(what + (field.is_required() ? " (required)" : ""), field.is_sensitive());
    if (line.empty())
        return;
    if (field.type() == CREATEACCOUNT_FIELD_TYPE_MULTISELECT) {
        client.set(field.name(), ""); // no choice, even if some are preset
        std::istringstream choices(line);
        for (std::string choice; std::getline(choices, choice, ',');)
            if (!choice.empty())
                client.add_choice(field.name(), choice);
    } else {
        client.set(field.name(), line);
    }
    std::fill(line.begin(), line.end(), '\0'); // the library wipes its copy, and we ours
}

/// Whether a field belongs to the captcha, which is shown as a whole.
bool is_of_captcha(const Step &step, const Field &field)
{
    if (auto captcha = step.captcha())
        for (auto name : captcha->fields())
            if (name == field.name())
                return true;
    return false;
}

/// Shows what has to be done for a captcha.
void show(Client &client, const createaccount::Captcha &captcha)
{
    if (captcha.kind() == CREATEACCOUNT_CAPTCHA_IMAGE) {
        auto picture = client.captcha_image();
        char path[] = "/tmp/captcha-XXXXXX";
        int file = mkstemp(path);
        if (file >= 0 && write(file, picture.data(), picture.size()) >= 0 && close(file) == 0)
            std::cout << "Read the letters of the picture " << path << '\n';
    } else if (captcha.kind() == CREATEACCOUNT_CAPTCHA_WIDGET) {
        std::cout << "Solve the captcha of " << createaccount_captcha_service_name(captcha.service())
                  << " with the site key " << captcha.site_key() << " in a browser; its token is the answer.\n";
    } else {
        std::cout << captcha.text() << '\n';
    }
}

/// Shows a form, asks for its fields, and submits them. What the library refuses was not sent, and is asked for again.
Step fill_in(Client &client, const Step &step)
{
    std::cout << '\n' << (step.message().empty() ? "The wiki asks:" : step.message()) << '\n';
    if (auto captcha = step.captcha())
        show(client, *captcha);
    for (auto field : step.fields()) {
        if (field.asks())
            ask_for(client, field);
        else if (field.type() == CREATEACCOUNT_FIELD_TYPE_NULL && !is_of_captcha(step, field))
            std::cout << field.label() << ": " << field.value() << '\n';
    }
    while (true) {
        try {
            return client.submit();
        } catch (const createaccount::Error &error) {
            auto fields = step.fields();
            auto wrong = std::find_if(fields.begin(), fields.end(),
                                      [&](const Field &field) { return field.name() == error.field(); });
            if (error.status() != CREATEACCOUNT_STATUS_INVALID_ARGUMENT || wrong == fields.end())
                throw;
            std::cout << error.what() << '\n';
            ask_for(client, *wrong);
        }
    }
}

/// Goes from step to step until the account is made.
void sign_up(Client &client)
{
    Step step = client.begin();
    while (true) {
        std::uint32_t keep = step.can_preserve_state() ? CREATEACCOUNT_BEGIN_PRESERVE_STATE : 0;
        try {
            switch (step.kind()) {
            case CREATEACCOUNT_STEP_FORM:
            case CREATEACCOUNT_STEP_UI: step = fill_in(client, step); break;
            case CREATEACCOUNT_STEP_REDIRECT:
                std::cout << "\nVisit " << step.redirect_target() << '\n';
                step = client.resume(ask("The address that you came back to"));
                break;
            case CREATEACCOUNT_STEP_RESTART:
                std::cout << "\nThere is no account for this login yet; it will belong to the new one.\n";
                step = client.begin(keep);
                break;
            case CREATEACCOUNT_STEP_FAIL:
                std::cout << "\nFailed (" << createaccount_reason_name(step.reason()) << "): " << step.message()
                          << '\n';
                if (auto wait = step.retry_after())
                    std::cout << "Try again in " << wait->count() << " seconds.\n";
                step = client.begin(keep);
                break;
            case CREATEACCOUNT_STEP_PASS:
                std::cout << "\nThe account " << step.username() << " is made.\n";
                return;
            default:
                throw std::runtime_error("The wiki answered " + std::string(step.status()) + ", which is unknown.");
            }
        } catch (const createaccount::Error &error) {
            if (error.status() != CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN)
                throw;
            std::cout << '\n' << error.what() << "\nAsking ..." << std::endl;
            step = client.reconcile();
        }
    }
}

} // namespace

int main(int argc, char **argv)
try {
    if (argc != 2) {
        std::cerr << "usage: signup API_URL\n";
        return 2;
    }
    createaccount::Config config;
    config.user_agent("createaccount-example/1.0 (https://www.mediawiki.org/wiki/API:Account_creation)");
    config.return_url(return_url);
    Client client(argv[1], config);
    sign_up(client);
    return 0;
} catch (const std::exception &error) {
    std::cerr << error.what() << '\n';
    return 1;
}
