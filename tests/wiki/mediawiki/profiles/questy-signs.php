<?php
require __DIR__ . '/questy.php';
$wgCaptchaQuestions = [ 'Is 2 < 3 &amp; 5 > 4?' => 'yes' ];
