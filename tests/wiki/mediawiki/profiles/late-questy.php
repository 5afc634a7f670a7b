<?php
require __DIR__ . '/questy.php';
$wgCaptchaTriggers['createaccount'] = is_file( $_SERVER['TEST_WIKI_DATA'] . '/captcha-on' );
