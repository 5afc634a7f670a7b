// A sign-up in a program with an event loop, which must never wait: the client lives on a worker thread, and what comes
// of its calls is posted back. With Qt, post is QMetaObject::invokeMethod; with libuv, uv_async_send behind a queue.
//
//   event_loop API_URL NAME=VALUE...

#include <createaccount.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <queue>
#include <string>
#include <thread>
#include <utility>

namespace
{

using createaccount::Client;
using createaccount::Error;
using createaccount::Step;

/// Tasks from any thread, run one after the other on one.
class Loop
{
public:
    void post(std::function<void()> task)
    {
        std::lock_guard lock(mutex_);
        tasks_.push(std::move(task));
        posted_.notify_one();
    }

    void stop()
    {
        post([this] { runs_ = false; });
    }

    /// Runs until it is stopped; `idle` is what the program does meanwhile.
    void run(const std::function<void()> &idle = [] {})
    {
        while (runs_) {
            std::unique_lock lock(mutex_);
            if (!posted_.wait_for(lock, std::chrono::milliseconds(100), [this] { return !tasks_.empty(); })) {
                lock.unlock();
                idle();
                continue;
            }
            auto task = std::move(tasks_.front());
            tasks_.pop();
            lock.unlock();
            task();
        }
    }

private:
    std::mutex mutex_;
    std::condition_variable posted_;
    std::queue<std::function<void()>> tasks_;
    bool runs_ = true; // only the loop's own thread looks at it
};

/// A client on a thread of its own. Everything but the calls themselves happens in the program's loop.
class SignUp
{
public:
    using Values = std::map<std::string, std::string>;

    SignUp(Loop &loop, const char *api_url, Values values)
        : loop_(loop), values_(std::move(values)),
          client_(api_url, createaccount::Config().user_agent("event_loop/1.0 (me@example.org)")),
          thread_([this] { worker_.run(); })
    {
        call([](Client &client) { return client.begin(); });
    }

    ~SignUp()
    {
        client_.cancel(); // whatever is under way; the one call that other threads may make
        worker_.stop();
        thread_.join();
    }

    bool made() const { return made_; }

private:
    void call(std::function<Step(Client &)> call)
    {
        worker_.post([this, call] {
            try {
                // A step never changes, so any thread may read it; std::function wants to copy it.
                auto step = std::make_shared<const Step>(call(client_));
                loop_.post([this, step] { show(*step); });
            } catch (const Error &error) {
                loop_.post([this, error] { fail(error); });
            }
        });
    }

    void show(const Step &step)
    {
        switch (step.kind()) {
        case CREATEACCOUNT_STEP_FORM:
        case CREATEACCOUNT_STEP_UI:
            // A program with windows shows the fields now, and goes on when a button is pressed.
            return call([values = answers(step)](Client &client) {
                for (const auto &[name, value] : values)
                    client.set(name, value);
                return client.submit();
            });
        case CREATEACCOUNT_STEP_PASS:
            made_ = true;
            std::cout << "The account " << step.username() << " is made.\n";
            break;
        default: std::cout << step.status() << ": " << step.message() << '\n';
        }
        loop_.stop();
    }

    void fail(const Error &error)
    {
        if (error.status() == CREATEACCOUNT_STATUS_OUTCOME_UNKNOWN && !std::exchange(reconciled_, true))
            return call([](Client &client) { return client.reconcile(); });
        std::cerr << error.what() << '\n';
        loop_.stop();
    }

    /// The values for a step. Each serves once: a question that comes again was answered wrongly.
    Values answers(const Step &step)
    {
        Values known;
        for (auto field : step.fields())
            if (field.asks())
                known.insert(values_.extract(std::string(field.name())));
        return known;
    }

    Loop &loop_;
    Values values_;
    Client client_; // used on the worker's thread only
    Loop worker_;
    std::thread thread_;
    bool made_ = false, reconciled_ = false;
};

} // namespace

int main(int argc, char **argv)
try {
    SignUp::Values values;
    for (int i = 2; i < argc; i++) {
        std::string argument(argv[i]);
        auto equals = argument.find('=');
        if (equals == argument.npos)
            argc = 0;
        else
            values[argument.substr(0, equals)] = argument.substr(equals + 1);
    }
    if (argc < 2) {
        std::cerr << "usage: event_loop API_URL NAME=VALUE...\n";
        return 2;
    }
    Loop loop;
    SignUp sign_up(loop, argv[1], std::move(values));
    loop.run([] { std::cout << '.' << std::flush; });
    return sign_up.made() ? EXIT_SUCCESS : EXIT_FAILURE;
} catch (const Error &error) {
    std::cerr << error.what() << '\n';
    return EXIT_FAILURE;
}
