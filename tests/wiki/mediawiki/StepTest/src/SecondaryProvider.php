<?php

namespace StepTest;

use MediaWiki\Auth\AbstractSecondaryAuthenticationProvider;
use MediaWiki\Auth\AuthenticationRequest;
use MediaWiki\Auth\AuthenticationResponse;

/** The step after the account was made, of the chain "secondary". */
class SecondaryProvider extends AbstractSecondaryAuthenticationProvider {

	public function getAuthenticationRequests( $action, array $options ) {
		return [];
	}

	public function beginSecondaryAuthentication( $user, array $reqs ) {
		return AuthenticationResponse::newAbstain();
	}

	public function beginSecondaryAccountCreation( $user, $creator, array $reqs ) {
		$req = AuthenticationRequest::getRequestByClass( $reqs, Request::class );
		if ( !$req || $req->stepChain !== 'secondary' ) {
			return AuthenticationResponse::newAbstain();
		}
		return AuthenticationResponse::newUI( [ new TopicsRequest() ], wfMessage( 'steptest-topics' ) );
	}

	public function continueSecondaryAccountCreation( $user, $creator, array $reqs ) {
		Journal::received( 'continue', $reqs );
		return AuthenticationResponse::newPass();
	}
}
