<?php

namespace StepTest;

use ApiAuthManagerHelper;
use MediaWiki\Auth\AuthManager;
use MediaWiki\MediaWikiServices;

class Hooks {

	/** Keeps mails for the tests instead of sending them. */
	public function onAlternateUserMailer( $headers, $to, $from, $subject, $body ) {
		foreach ( is_array( $to ) ? $to : [ $to ] as $recipient ) {
			Journal::append( 'mails', [ 'to' => $recipient->address, 'subject' => $subject, 'body' => $body ] );
		}
		return false;
	}

	/**
	 * Turns two failures of the provider into statuses that core never gives to a creation.
	 *
	 * @param \ApiBase $module
	 */
	public function onAPIAfterExecute( $module ) {
		$result = $module->getResult();
		$code = $result->getResultData( [ 'createaccount', 'messagecode' ] );
		if ( $module->getModuleName() !== 'createaccount' ) {
			return;
		}
		if ( $code === 'steptest-restart' ) {
			$requests = MediaWikiServices::getInstance()->getAuthManager()
				->getAuthenticationRequests( AuthManager::ACTION_CREATE, $module->getUser() );
			$changes = [ 'status' => 'RESTART', 'canpreservestate' => true ] +
				ApiAuthManagerHelper::newForModule( $module )->formatRequests( $requests );
		} elseif ( $code === 'steptest-other' ) {
			$changes = [ 'status' => 'TOMORROW', 'surprise' => [ 'a' => [ 1, 2 ] ] ];
			$result->removeValue( 'createaccount', 'canpreservestate' );
		} else {
			return;
		}
		foreach ( $changes as $name => $value ) {
			$result->addValue( 'createaccount', $name, $value, $result::OVERRIDE );
		}
	}
}
