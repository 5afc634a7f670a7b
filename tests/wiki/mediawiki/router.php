<?php
// Router of PHP's built-in server: every /w/PROFILES/INSTANCE/ is a wiki of its own, made at its first request.

require_once __DIR__ . '/TestWiki.php';

$testWiki = TestWiki::ofRequest();
if ( !$testWiki || $testWiki->answersItself() ) {
	return;
}
$testWiki->record();
$testWiki->prepare();
define( 'MW_CONFIG_FILE', __DIR__ . '/LocalSettings.php' );
require $testWiki->script();
