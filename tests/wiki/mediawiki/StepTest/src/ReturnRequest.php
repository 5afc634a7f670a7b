<?php

namespace StepTest;

/** What comes back from the third party. */
class ReturnRequest extends BaseRequest {

	/** @var string|null */
	public $code;

	/** @var string|null */
	public $state;

	/** @var string|null */
	public $hint;

	/** @var bool */
	private $withHint;

	public function __construct( bool $withHint ) {
		$this->withHint = $withHint;
	}

	public function getFieldInfo() {
		$fields = [
			'code' => self::field( 'string', 'code', [ 'sensitive' => true ] ),
			'state' => self::field( 'string', 'state', [ 'sensitive' => true ] ),
		];
		if ( $this->withHint ) {
			$fields['hint'] = self::field( 'string', 'hint', [ 'optional' => true ] );
		}
		return $fields;
	}
}
