<?php

namespace StepTest;

use MediaWiki\Session\ImmutableSessionProviderWithCookie;
use MediaWiki\Session\SessionInfo;
use MediaWiki\Session\UserInfo;
use WebRequest;

/** Knows every visitor as one user, as where the web server has logged them in. */
class EveryoneProvider extends ImmutableSessionProviderWithCookie {

	public function provideSessionInfo( WebRequest $request ) {
		$id = $this->getSessionIdFromCookie( $request );
		return new SessionInfo( SessionInfo::MAX_PRIORITY, [
			'provider' => $this,
			'id' => $id,
			'userInfo' => UserInfo::newFromName( 'Taken', true ),
			'persisted' => $id !== null,
		] );
	}
}
