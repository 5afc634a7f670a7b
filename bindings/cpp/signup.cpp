// Makes an account on a wiki, step by step, on the terminal.
//
//   signup API_URL [NAME=VALUE...] [--then NAME=VALUE...]... [--listen PORT] [--visit]
//
// NAME=VALUE answers a field beforehand (for a checkbox or button 1 or 0, for several choices with commas in
// between). Where a step has such answers, only what is missing is asked for; elsewhere everything is. After
// a failure the answers behind the next --then are taken.
//
//   --listen PORT   where to wait on 127.0.0.1 for the return from a third party (any free port if not given)
//   --visit         go to the third party ourselves, over plain HTTP, as a browser without a person would
//
// The exit status is 0 only when the account was made.

#include "loopback.hpp"

#include <createaccount.hpp>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

#include <termios.h>
#include <unistd.h>

namespace
{

using createaccount::Client;
using createaccount::Field;
using createaccount::Step;

using Answers = std::map<std::string, std::string, std::less<>>;

// ---- The terminal ------------------------------------------------------------------------------------

/// Asks for a line, without showing it if it is secret. Nothing at the end of the input.
std::optional<std::string> ask(const std::string &what, bool secret)
{
    std::cout << what << ": " << std::flush;
    termios shown;
    bool hides = secret && tcgetattr(STDIN_FILENO, &shown) == 0;
    if (hides) {
        termios hidden = shown;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    std::string line;
    bool got = static_cast<bool>(std::getline(std::cin, line));
    if (hides)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    if (hides || !got)
        std::cout << '\n';
    return got ? std::optional(line) : std::nullopt;
}

// ---- Answering a form --------------------------------------------------------------------------------

void set(Client &client, const Field &field, const std::string &value)
{
    if (field.type() != CREATEACCOUNT_FIELD_TYPE_MULTISELECT) {
        client.set(field.name(), value);
        return;
    }
    client.set(field.name(), ""); // no choice, even if some are preset
    std::istringstream choices(value);
    for (std::string choice; std::getline(choices, choice, ',');)
        if (!choice.empty())
            client.add_choice(field.name(), choice);
}

const char *hint(createaccount_field_type_t type)
{
    switch (type) {
    case CREATEACCOUNT_FIELD_TYPE_CHECKBOX:
    case CREATEACCOUNT_FIELD_TYPE_BUTTON: return " [1 for yes, 0 for no]";
    case CREATEACCOUNT_FIELD_TYPE_MULTISELECT: return " [a,b,c or a comma for none]";
    default: return "";
    }
}

/// What is sent without an answer.
std::string preset(const Field &field)
{
    std::string chosen;
    for (auto choice : field.choices())
        if (choice.is_preset)
            chosen += (chosen.empty() ? "" : ",") + std::string(choice.value);
    return field.type() == CREATEACCOUNT_FIELD_TYPE_MULTISELECT ? chosen : std::string(field.value());
}

/// Answers a field from the terminal. An empty line leaves it as the wiki has it.
void answer(Client &client, const Field &field)
{
    if (!field.help().empty())
        std::cout << "  " << field.help() << '\n';
    for (auto choice : field.choices())
        std::cout << "  " << choice.value << ": " << choice.label << '\n';
    if (!preset(field).empty() && !field.is_sensitive())
        std::cout << "  Without an answer: " << preset(field) << '\n';
    auto what = std::string(field.label()) + hint(field.type()) + (field.is_required() ? " (required)" : "");
    auto line = ask(what, field.is_sensitive());
    if (line && !line->empty()) {
        set(client, field, *line);
        std::fill(line->begin(), line->end(), '\0'); // the library wipes its copy, and we ours
    }
}

/// Whether a field belongs to the captcha, which is shown as a whole.
bool is_of_captcha(const Step &step, const createaccount::Field &field)
{
    if (auto captcha = step.captcha()) {
        for (auto name : captcha->fields())
            if (name == field.name())
                return true;
    }
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
                  << " with the site key " << captcha.site_key()
                  << " in a browser; its token is the answer.\n";
    } else {
        std::cout << captcha.text() << '\n';
    }
}

/// Submits; asks again for what the library refuses. Nothing was sent then, and the other answers are kept.
Step submit(Client &client, const Step &step)
{
    while (true) {
        try {
            return client.submit();
        } catch (const createaccount::Error &error) {
            auto fields = step.fields();
            std::size_t wrong = 0;
            while (wrong < fields.size() && fields[wrong].name() != error.field())
                wrong++;
            if (error.status() != CREATEACCOUNT_STATUS_INVALID_ARGUMENT || wrong == fields.size() ||
                std::cin.eof())
                throw;
            std::cout << error.what() << '\n';
            answer(client, fields[wrong]);
        }
    }
}

/// Shows a form, collects the answers, and submits them.
Step fill_in(Client &client, const Step &step, Answers &answers)
{
    std::cout << '\n' << (step.message().empty() ? "The wiki asks:" : step.message()) << '\n';
    if (auto captcha = step.captcha())
        show(client, *captcha);
    bool prepared = false;
    for (auto field : step.fields())
        prepared = prepared || answers.find(field.name()) != answers.end();

    for (auto field : step.fields()) {
        auto given = answers.find(field.name());
        if (field.type() == CREATEACCOUNT_FIELD_TYPE_NULL) {
            if (!is_of_captcha(step, field))
                std::cout << field.label() << ": " << field.value() << '\n';
        } else if (given != answers.end()) {
            std::cout << field.label() << ": " << (field.is_sensitive() ? "***" : given->second) << '\n';
            set(client, field, given->second);
            answers.erase(given);
        } else if (field.asks() && !prepared) {
            answer(client, field);
        }
    }
    return submit(client, step);
}

/// Sends the person to a third party, waits for the return, and resumes with what it brings.
Step go_away(Client &client, const Step &step, const loopback::Door &door, bool visits)
{
    std::string target(step.redirect_target());
    std::cout << "\nGo to " << target << "\nand come back." << std::endl;
    if (visits)
        std::thread(loopback::visit, target).detach();
    auto returned = door.wait();
    return client.resume(returned.url, returned.body);
}

// ---- The sign-up
// -----------------------------------------------------------------------------------------------

/// Goes from step to step until one is final.
bool sign_up(Client &client, const loopback::Door &door, std::deque<Answers> groups, bool visits)
{
    Answers answers = groups.front();
    groups.pop_front();
    Step step = client.begin();
    while (true) {
        std::uint32_t keep = 0;
        if (step.can_preserve_state())
            keep = CREATEACCOUNT_BEGIN_PRESERVE_STATE;
        try {
            switch (step.kind()) {
            case CREATEACCOUNT_STEP_FORM:
            case CREATEACCOUNT_STEP_UI: step = fill_in(client, step, answers); break;
            case CREATEACCOUNT_STEP_REDIRECT: step = go_away(client, step, door, visits); break;
            case CREATEACCOUNT_STEP_RESTART:
                std::cout << "\nThere is no account for this login yet; it will belong to the new one.\n";
                step = client.begin(keep);
                break;
            case CREATEACCOUNT_STEP_FAIL:
                std::cout << "\nFailed (" << createaccount_reason_name(step.reason()) << "): ";
                std::cout << step.message() << '\n';
                if (auto wait = step.retry_after())
                    std::cout << "Try again in " << wait->count() << " seconds.\n";
                if (groups.empty() && !isatty(STDIN_FILENO))
                    return false;
                answers = groups.empty() ? Answers() : groups.front();
                if (!groups.empty())
                    groups.pop_front();
                step = client.begin(keep);
                break;
            case CREATEACCOUNT_STEP_PASS:
                std::cout << "\nThe account " << step.username() << " is made.\n";
                return true;
            default:
                std::cout << "\nThe wiki answered " << step.status()
                          << ", which this program does not know.\n";
                return false;
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
    std::string api_url;
    std::deque<Answers> groups(1);
    int port = 0;
    bool visits = false;
    for (int i = 1; i < argc; i++) {
        std::string argument = argv[i];
        auto equals = argument.find('=');
        if (argument == "--listen" && i + 1 < argc)
            port = std::atoi(argv[++i]);
        else if (argument == "--visit")
            visits = true;
        else if (argument == "--then")
            groups.emplace_back();
        else if (api_url.empty())
            api_url = argument;
        else if (equals != argument.npos)
            groups.back()[argument.substr(0, equals)] = argument.substr(equals + 1);
    }
    if (api_url.empty() || api_url[0] == '-') {
        std::cerr
            << "usage: signup API_URL [NAME=VALUE...] [--then NAME=VALUE...]... [--listen PORT] [--visit]\n";
        return 2;
    }
    loopback::Door door(port);
    createaccount::Config config;
    config.user_agent("createaccount-example/1.0 (https://www.mediawiki.org/wiki/API:Account_creation)");
    config.return_url(door.url());
    Client client(api_url, config);
    return sign_up(client, door, std::move(groups), visits) ? 0 : 1;
} catch (const std::exception &error) {
    std::cerr << error.what() << '\n';
    return 1;
}
