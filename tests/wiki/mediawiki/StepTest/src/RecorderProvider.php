<?php

namespace StepTest;

use MediaWiki\Auth\AbstractPreAuthenticationProvider;
use MediaWiki\Auth\AuthManager;
use StatusValue;

/**
 * Asks what a profile wants to be asked at begin, and notes what a creation begins with. It sorts first, so that no other
 * test can hide a creation from it.
 */
class RecorderProvider extends AbstractPreAuthenticationProvider {

	public function getAuthenticationRequests( $action, array $options ) {
		global $wgStepTestForms;
		return $action === AuthManager::ACTION_CREATE ?
			array_merge( [], ...array_map( [ Forms::class, 'requests' ], $wgStepTestForms ) ) :
			[];
	}

	public function testForAccountCreation( $user, $creator, array $reqs ) {
		Journal::received( 'begin', $reqs );
		return StatusValue::newGood();
	}
}
