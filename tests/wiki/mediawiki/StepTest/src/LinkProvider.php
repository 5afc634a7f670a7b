<?php

namespace StepTest;

use MediaWiki\Auth\AuthenticationRequest;
use MediaWiki\Auth\AuthenticationResponse;
use MediaWiki\Auth\AuthManager;

/** Logs outside identities in. One without an account here can be carried over into the creation of one. */
class LinkProvider extends BaseProvider {

	/** Where the outside name is kept while its account is made */
	private const STATE = 'StepTestLink';

	public function getAuthenticationRequests( $action, array $options ) {
		return $action === AuthManager::ACTION_LOGIN ? [ new LinkRequest() ] : [];
	}

	public function beginPrimaryAuthentication( array $reqs ) {
		$req = AuthenticationRequest::getRequestByClass( $reqs, LinkRequest::class );
		if ( !$req ) {
			return AuthenticationResponse::newAbstain();
		} elseif ( $req->outsideKey !== 'outside-key' ) {
			return AuthenticationResponse::newFail( wfMessage( 'steptest-outside-refused' ) );
		}
		foreach ( Journal::entries( 'links' ) as $link ) {
			if ( $link['outside'] === $req->outsideName ) {
				return AuthenticationResponse::newPass( $link['user'] );
			}
		}
		$identity = new LinkRequest();
		$identity->outsideName = $req->outsideName;
		if ( str_starts_with( $req->outsideName, 'Known ' ) ) {
			$identity->username = $req->outsideName;
		}
		$response = AuthenticationResponse::newPass();
		$response->createRequest = $identity;
		return $response;
	}

	public function beginPrimaryAccountCreation( $user, $creator, array $reqs ) {
		$identity = AuthenticationRequest::getRequestByClass( $reqs, LinkRequest::class );
		if ( !$identity ) {
			return AuthenticationResponse::newAbstain();
		}
		$this->manager->setAuthenticationSessionData( self::STATE, $identity->outsideName );
		return AuthenticationResponse::newPass();
	}

	public function finishAccountCreation( $user, $creator, AuthenticationResponse $response ) {
		$outside = $this->manager->getAuthenticationSessionData( self::STATE );
		Journal::append( 'links', [ 'outside' => $outside, 'user' => $user->getName() ] );
		return null;
	}
}
