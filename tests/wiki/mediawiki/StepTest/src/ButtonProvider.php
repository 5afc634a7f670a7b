<?php

namespace StepTest;

use MediaWiki\Auth\AuthenticationResponse;
use MediaWiki\Auth\AuthManager;
use MediaWiki\Auth\ButtonAuthenticationRequest;

/** Creates accounts at the press of a button. */
class ButtonProvider extends BaseProvider {

	private const NAME = 'signupElsewhere';

	/** @var bool */
	private $required;

	/** @param bool $required Whether the button's request is required; by MediaWiki's own default it is not */
	public function __construct( bool $required ) {
		$this->required = $required;
	}

	public function getAuthenticationRequests( $action, array $options ) {
		if ( $action !== AuthManager::ACTION_CREATE ) {
			return [];
		}
		return [ new ButtonAuthenticationRequest(
			self::NAME,
			wfMessage( 'steptest-label-' . self::NAME ),
			wfMessage( 'steptest-help', self::NAME ),
			$this->required
		) ];
	}

	public function beginPrimaryAccountCreation( $user, $creator, array $reqs ) {
		return ButtonAuthenticationRequest::getRequestByName( $reqs, self::NAME ) ?
			AuthenticationResponse::newPass() :
			AuthenticationResponse::newAbstain();
	}
}
