<?php
// warm.php ADDRESS: makes an account on the server that has just started, so that PHP has compiled what the tests will
// need: the first requests take ten times as long as later ones, and some tests have tight time limits.

$api = "$argv[1]/w/steps+questy/warm/api.php";

function ask( string $url, array $fields = [], string $cookie = '' ): array {
	$context = stream_context_create( [ 'http' => [
		'method' => $fields ? 'POST' : 'GET',
		'header' => [ 'Content-Type: application/x-www-form-urlencoded', "Cookie: $cookie" ],
		'content' => http_build_query( $fields ),
	] ] );
	$body = file_get_contents( $url, false, $context );
	preg_match( '/^Set-Cookie: ([^;]*_session=[^;]*)/mi', implode( "\n", $http_response_header ), $session );
	return [ json_decode( $body, true ), $session[1] ?? $cookie ];
}

$common = [ 'format' => 'json', 'formatversion' => 2 ];
[ $reply, $cookie ] = ask( "$api?" . http_build_query( $common + [
	'action' => 'query', 'meta' => 'authmanagerinfo|tokens|userinfo|siteinfo', 'amirequestsfor' => 'create', 'type' => 'createaccount',
	'list' => 'users', 'ususers' => 'Warm', 'usprop' => 'registration|cancreate',
] ) );
foreach ( $reply['query']['authmanagerinfo']['requests'] as $request ) {
	$captcha = $request['fields']['captchaId']['value'] ?? $captcha ?? '';
}
[ $reply ] = ask( $api, $common + [
	'action' => 'createaccount', 'createreturnurl' => $api, 'createtoken' => $reply['query']['tokens']['createaccounttoken'],
	'username' => 'Warm', 'password' => 'warm-secret-42', 'retype' => 'warm-secret-42', 'email' => '', 'realname' => '',
	'captchaId' => $captcha, 'captchaWord' => 'earth',
], $cookie );
exit( ( $reply['createaccount']['status'] ?? '' ) === 'PASS' ? 0 : 1 );
