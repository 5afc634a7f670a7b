<?php

namespace StepTest;

use MediaWiki\Auth\AuthenticationRequest;
use MediaWiki\Auth\AuthenticationResponse;
use MediaWiki\Auth\AuthManager;
use MediaWiki\MediaWikiServices;
use RuntimeException;

/** Creates accounts in the steps that the visitor chose. */
class PrimaryProvider extends BaseProvider {

	/** Where the state of a sign-up is kept between its steps */
	private const STATE = 'StepTest';

	public function getAuthenticationRequests( $action, array $options ) {
		return $action === AuthManager::ACTION_CREATE ? [ new Request() ] : [];
	}

	public function beginPrimaryAccountCreation( $user, $creator, array $reqs ) {
		$req = AuthenticationRequest::getRequestByClass( $reqs, Request::class );
		if ( !$req ) {
			return AuthenticationResponse::newAbstain();
		}
		$state = [ 'chain' => $req->stepChain, 'returnUrl' => $req->returnToUrl ];
		switch ( $req->stepChain ) {
			case 'none':
			case 'secondary':
				return AuthenticationResponse::newPass();
			case 'ui':
				return $this->askEverything( $state );
			case 'chain':
			case 'late-fail':
			case 'loop':
				return $this->askCode( $state );
			case 'redirect':
			case 'redirect-optional':
			case 'script':
				return $this->redirect( $state );
			case 'restart':
			case 'other':
				// Hooks::onAPIAfterExecute makes them statuses
				return self::fail( $req->stepChain );
			case 'slow':
				self::letOthersWrite();
				sleep( 3 );
				return AuthenticationResponse::newPass();
			case 'held':
				self::awaitRelease();
				return AuthenticationResponse::newPass();
			case 'crash':
				throw new RuntimeException( 'The step test crashes.' );
			case 'fail':
				return self::fail( 'refused' );
			default:
				return $this->askForm( $state );
		}
	}

	public function continuePrimaryAccountCreation( $user, $creator, array $reqs ) {
		Journal::received( 'continue', $reqs );
		$state = $this->manager->getAuthenticationSessionData( self::STATE );
		switch ( $state['step'] ) {
			case 'everything':
				return $this->takeEverything( $state, $reqs );
			case 'code':
				return $this->takeCode( $state, $reqs );
			case 'redirect':
				return $this->takeReturn( $state, $reqs );
			case 'form':
				if ( Forms::all()[$state['chain']]['held'] ?? false ) {
					self::awaitRelease();
				}
				return AuthenticationResponse::newPass();
			default:
				return AuthenticationResponse::newPass();
		}
	}

	private function takeEverything( array $state, array $reqs ): AuthenticationResponse {
		if ( AuthenticationRequest::getRequestByClass( $reqs, SkipRequest::class ) ) {
			return AuthenticationResponse::newPass();
		}
		$req = AuthenticationRequest::getRequestByClass( $reqs, EverythingRequest::class );
		if ( !$req ) {
			return $this->askEverything( $state );
		} elseif ( $req->ticket !== $req->issuedTicket ) {
			return self::fail( 'bad-ticket' );
		} elseif ( $req->code !== '1234' ) {
			return $this->askEverything( $state, 'wrong-code' );
		}
		return AuthenticationResponse::newPass();
	}

	private function takeCode( array $state, array $reqs ): AuthenticationResponse {
		$req = AuthenticationRequest::getRequestByClass( $reqs, CodeRequest::class );
		if ( $state['chain'] === 'late-fail' ) {
			return self::fail( 'refused' );
		} elseif ( $state['chain'] === 'loop' ) {
			return $this->askCode( $state );
		} elseif ( !$req || $req->code !== '1234' ) {
			return $this->askCode( $state, 'wrong-code' );
		}
		return $this->redirect( $state );
	}

	private function takeReturn( array $state, array $reqs ): AuthenticationResponse {
		$req = AuthenticationRequest::getRequestByClass( $reqs, ReturnRequest::class );
		if ( !$req || $req->state !== $state['state'] ) {
			return self::fail( 'bad-state' );
		} elseif ( $req->code !== 'third-party-code' ) {
			return self::fail( 'bad-code' );
		} elseif ( $state['chain'] === 'chain' ) {
			return $this->ask( [ 'step' => 'topics' ] + $state, [ new TopicsRequest() ], 'topics' );
		}
		return AuthenticationResponse::newPass();
	}

	private function askEverything( array $state, string $message = 'everything' ): AuthenticationResponse {
		$state['step'] = 'everything';
		return $this->ask( $state, [ new EverythingRequest(), new SkipRequest() ], $message );
	}

	private function askCode( array $state, string $message = 'code' ): AuthenticationResponse {
		$state['step'] = 'code';
		return $this->ask( $state, [ new CodeRequest() ], $message );
	}

	/** Of forms.json. Whatever is answered, it is taken. */
	private function askForm( array $state ): AuthenticationResponse {
		$state['step'] = 'form';
		$reqs = Forms::requests( $state['chain'] );
		return ( Forms::all()[$state['chain']]['redirect'] ?? false ) ?
			$this->sendAway( $state, $reqs ) :
			$this->ask( $state, $reqs, 'form' );
	}

	private function ask( array $state, array $reqs, string $message ): AuthenticationResponse {
		$this->manager->setAuthenticationSessionData( self::STATE, $state );
		$type = $message === 'wrong-code' ? 'error' : 'warning';
		return AuthenticationResponse::newUI( $reqs, wfMessage( "steptest-$message" ), $type );
	}

	private function redirect( array $state ): AuthenticationResponse {
		$state['step'] = 'redirect';
		$reqs = [ new ReturnRequest( $state['chain'] === 'redirect-optional' ) ];
		if ( $state['chain'] === 'script' ) {
			$this->manager->setAuthenticationSessionData( self::STATE, $state );
			return AuthenticationResponse::newRedirect( $reqs, 'javascript:alert(1)' );
		}
		return $this->sendAway( $state, $reqs );
	}

	private function sendAway( array $state, array $reqs ): AuthenticationResponse {
		global $wgServer, $wgScriptPath;
		$state['state'] = bin2hex( random_bytes( 8 ) );
		$this->manager->setAuthenticationSessionData( self::STATE, $state );
		$target = "$wgServer$wgScriptPath/_third?return=" . rawurlencode( $state['returnUrl'] ) .
			'&state=' . $state['state'];
		return AuthenticationResponse::newRedirect( $reqs, $target, [ 'purpose' => 'tests', 'n' => 1 ] );
	}

	/** At most for a time that is well below the life of MediaWiki's lock on the name, so that nothing hangs. */
	private static function awaitRelease(): void {
		global $wgStepTestDirectory;
		self::letOthersWrite();
		$end = microtime( true ) + 20;
		do {
			usleep( 20_000 );
			clearstatcache();
		} while ( !file_exists( "$wgStepTestDirectory/released" ) && microtime( true ) < $end );
	}

	/** SQLite does so only when no transaction waits. */
	private static function letOthersWrite(): void {
		MediaWikiServices::getInstance()->getDBLoadBalancerFactory()->commitPrimaryChanges( __METHOD__ );
	}

	private static function fail( string $message ): AuthenticationResponse {
		return AuthenticationResponse::newFail( wfMessage( "steptest-$message" ) );
	}
}
