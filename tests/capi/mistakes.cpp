// Lines that must not compile, each with a word that the compilers say of it: views of what is freed at the end
// of the line.
#include <createaccount.hpp>

using namespace createaccount;

void views_of_temporaries(Client &client, Step &step, StepView view)
{
    for (auto field : client.begin().fields()) (void)field; // deleted
    for (auto request : client.begin().requests()) (void)request; // deleted
    auto captcha = client.begin().captcha(); // deleted
    auto status = client.begin().status(); // deleted
    auto message = client.submit().message(); // deleted
    auto message_parts = client.submit().message_parts(); // deleted
    auto message_code = client.submit().message_code(); // deleted
    auto username = client.submit().username(); // deleted
    auto redirect_target = client.submit().redirect_target(); // deleted
    auto redirect_data = client.submit().redirect_data(); // deleted
    auto return_url = client.submit().return_url(); // deleted
    auto preserved_username = client.begin().preserved_username(); // deleted
    auto raw_json = client.resume("https://me.example/").raw_json(); // deleted
    auto moved = std::move(step).fields(); // deleted
    for (auto field : client.step().fields()) (void)field; // deleted

    StepView copied = client.begin(); // deleted
    StepView made(client.begin()); // deleted
    view = client.begin(); // deleted

    auto code = client.can_create().code(); // deleted
    auto reason = client.can_create().message(); // deleted
    auto canonical = client.check_username("x").canonical(); // deleted
    auto data = client.save().data(); // deleted
    std::string bytes(client.save().begin(), client.save().end()); // deleted
}

void what_lives_on(Client &client, Step &step)
{
    if (client.begin().kind() == CREATEACCOUNT_STEP_FORM && client.step())
        step = client.submit();
    StepView view = step;
    view = step;
    const StepView &extended = client.begin();
    for (auto field : extended.fields())
        (void)field;
    for (auto byte : client.save())
        (void)byte;
}
