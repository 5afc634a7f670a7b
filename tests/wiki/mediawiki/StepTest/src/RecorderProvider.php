<?php

namespace StepTest;

use MediaWiki\Auth\AbstractPreAuthenticationProvider;
use StatusValue;

/** Notes what a creation begins with. It sorts first, so that no other test can hide a creation from it. */
class RecorderProvider extends AbstractPreAuthenticationProvider {

	public function testForAccountCreation( $user, $creator, array $reqs ) {
		Journal::received( 'begin', $reqs );
		return StatusValue::newGood();
	}
}
