<?php
// The settings of every test wiki, on all versions. $_SERVER tells which one it is: router.php fills it in for a
// request, `install` by its environment for maintenance scripts, which see all extensions loaded.

$wgSitename = 'Test Wiki';
$wgLanguageCode = 'en';
$wgServer = $_SERVER['TEST_WIKI_SERVER'] ?? 'http://127.0.0.1';
$wgScriptPath = $_SERVER['TEST_WIKI_PATH'] ?? '/w';
$wgSecretKey = hash( 'sha256', 'a test wiki has no secrets' );
// Apart from the databases, the caches in memory are all that instances could share
$wgCachePrefix = $wgScriptPath;

$wgDBtype = 'sqlite';
$wgDBname = 'wiki';
$wgSQLiteDataDir = $_SERVER['TEST_WIKI_DATA'];
$wgDBservers = [ [
	'type' => 'sqlite',
	'dbname' => $wgDBname,
	'variables' => [ 'synchronous' => 'OFF' ],
	'load' => 1,
] ];
// In a file of its own, so that a session can be saved while a transaction of the wiki is open
$wgObjectCaches[CACHE_DB] = [
	'class' => SqlBagOStuff::class,
	'loggroup' => 'SQLBagOStuff',
	'server' => [
		'type' => 'sqlite',
		'dbname' => 'wikicache',
		'tablePrefix' => '',
		'dbDirectory' => $wgSQLiteDataDir,
		'variables' => [ 'synchronous' => 'OFF' ],
		'trxMode' => 'IMMEDIATE',
		'flags' => 0,
	],
];
$wgMainCacheType = $wgSessionCacheType = $wgMessageCacheType = $wgMainStash = CACHE_DB;
$wgParserCacheType = CACHE_NONE;
$wgLocalisationCacheConf = [
	'class' => LocalisationCache::class,
	'store' => 'array',
	'storeClass' => false,
	'storeDirectory' => $_SERVER['TEST_WIKI_MADE'] . '/l10n',
	'storeServer' => [],
	'forceRecache' => false,
	'manualRecache' => true,
];
$wgJobRunRate = 0;
$wgDebugLogGroups['exception'] = $wgDebugLogGroups['fatal'] = "$wgSQLiteDataDir/errors.log";

$wgEnableEmail = true;
$wgEmailAuthentication = true;
$wgAccountCreationThrottle = 0;
// Strong hashes would take most of the time of a request
$wgPasswordConfig['pbkdf2']['cost'] = '10';
$wgSessionPbkdf2Iterations = 10;

wfLoadExtension( 'StepTest', __DIR__ . '/StepTest/extension.json' );
$wgStepTestDirectory = $wgSQLiteDataDir;

if ( PHP_SAPI === 'cli' ) {
	wfLoadExtensions( [ 'AbuseFilter', 'ConfirmEdit', 'OATHAuth', 'TitleBlacklist' ] );
	// 1.39 cannot load two captchas at once
	foreach ( [ 'FancyCaptcha', 'QuestyCaptcha' ] as $module ) {
		$wgMessagesDirs[$module] = glob( "$IP/extensions/ConfirmEdit/$module/i18n{,/api}", GLOB_BRACE | GLOB_ONLYDIR );
	}
}
foreach ( explode( '+', $_SERVER['TEST_WIKI_PROFILES'] ?? 'stock' ) as $profile ) {
	require __DIR__ . "/profiles/$profile.php";
}
