<?php
// Makes an account by PHP's FFI: php -d ffi.enable=1 signup.php API_URL USERNAME PASSWORD
//
// createaccount.ffi.h is the C header without its preprocessor lines, which FFI does not read. The C header has the manual.

declare(strict_types=1);

if ($argc !== 4) {
    fwrite(STDERR, "usage: php -d ffi.enable=1 signup.php API_URL USERNAME PASSWORD\n");
    exit(1);
}
[, $apiUrl, $username, $password] = $argv;

$folder = getenv('CREATEACCOUNT_INCLUDE') ?: '/usr/local/include';
$library = getenv('CREATEACCOUNT_LIBRARY') ?: 'libcreateaccount.so';
$ffi = FFI::cdef(file_get_contents("$folder/createaccount.ffi.h"), $library);

// Throws what the library says of a call that did not work.
function attempt(int $status, FFI\CData $error): void
{
    global $ffi;
    if ($status === 0) {
        return;
    }
    $message = $ffi->createaccount_error_message($error);
    $ffi->createaccount_error_free($error);
    throw new RuntimeException($message);
}

$client = $ffi->new('createaccount_client *');
$step = $ffi->new('createaccount_step *');
$error = $ffi->new('createaccount_error *');

try {
    attempt($ffi->createaccount_client_new($apiUrl, null, FFI::addr($client), FFI::addr($error)), $error);
    attempt($ffi->createaccount_client_begin($client, 0, FFI::addr($step), FFI::addr($error)), $error);
    // A program with a user shows the fields of the step, and asks for them.
    foreach (['username' => $username, 'password' => $password] as $name => $value) {
        attempt($ffi->createaccount_client_set_field($client, $name, $value, FFI::addr($error)), $error);
    }
    $ffi->createaccount_step_free($step);
    $step = $ffi->new('createaccount_step *');
    attempt($ffi->createaccount_client_submit($client, FFI::addr($step), FFI::addr($error)), $error);

    if ($ffi->createaccount_step_kind($step) !== $ffi->CREATEACCOUNT_STEP_PASS) {
        $message = $ffi->createaccount_step_message($step);
        throw new RuntimeException($ffi->createaccount_step_status($step) . ': ' . ($message ?? ''));
    }
    echo 'made ', $ffi->createaccount_step_username($step), "\n";
} catch (RuntimeException $failed) {
    fwrite(STDERR, $failed->getMessage() . "\n");
    exit(1);
} finally {
    $ffi->createaccount_step_free($step);
    $ffi->createaccount_client_free($client);
}
