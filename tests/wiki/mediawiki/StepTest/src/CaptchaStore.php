<?php

namespace StepTest;

use MediaWiki\Extension\ConfirmEdit\Store\CaptchaSessionStore;

/** Keeps the captchas as usual, but tells the tests the answers. */
class CaptchaStore extends CaptchaSessionStore {

	public function store( $index, $info ) {
		global $wgStepTestAnswers;
		parent::store( $index, $info );
		foreach ( file( $wgStepTestAnswers, FILE_IGNORE_NEW_LINES ) as $line ) {
			[ $picture, $answer ] = explode( ' ', $line );
			if ( $picture === "image_{$info['salt']}_{$info['hash']}.png" ) {
				Journal::append( 'captchas', [ 'id' => $index, 'answer' => $answer ] );
			}
		}
	}
}
