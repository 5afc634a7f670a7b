<?php

namespace StepTest;

use RawMessage;

/** The request at begin: which steps shall follow? Its id is "StepTestRequest". */
class Request extends BaseRequest {

	private const CHAINS = [
		'none', 'ui', 'redirect', 'redirect-optional', 'chain', 'fail', 'late-fail', 'crash', 'secondary', 'loop',
		'script', 'restart', 'other', 'slow', 'held',
	];

	/** @var bool|null */
	public $stepStart;

	/** @var string|null */
	public $stepChain;

	public function getMetadata() {
		return [ 'purpose' => 'tests' ];
	}

	public function getFieldInfo() {
		$options = [];
		foreach ( self::CHAINS as $chain ) {
			$options[$chain] = wfMessage( "steptest-chain-$chain" );
		}
		foreach ( Forms::all() as $chain => $form ) {
			$options[$chain] = new RawMessage( $form['title'] );
		}
		return [
			'stepStart' => self::field( 'button', 'stepStart', [ 'help' => wfMessage( 'steptest-help-stepStart' ) ] ),
			'stepChain' => self::field( 'select', 'stepChain', [
				'help' => wfMessage( 'steptest-help-stepChain' ),
				'options' => $options,
			] ),
		];
	}
}
