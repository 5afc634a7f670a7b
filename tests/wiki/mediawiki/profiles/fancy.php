<?php
wfLoadExtensions( [ 'ConfirmEdit', 'ConfirmEdit/FancyCaptcha' ] );
$wgCaptchaClass = 'FancyCaptcha';
// Both must be what `install` made the pictures with
$wgCaptchaDirectory = $_SERVER['TEST_WIKI_MADE'] . '/captchas';
$wgCaptchaSecret = 'captcha-secret';
$wgCaptchaStorageClass = StepTest\CaptchaStore::class;
$wgStepTestAnswers = $_SERVER['TEST_WIKI_MADE'] . '/captcha-answers';
