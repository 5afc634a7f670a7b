<?php

namespace StepTest;

/** A login by an outside identity. Later it stands for that identity in the creation of an account. */
class LinkRequest extends BaseRequest {

	/** @var string|null */
	public $outsideName;

	/** @var string|null */
	public $outsideKey;

	public function getFieldInfo() {
		return [
			'outsideName' => self::field( 'string', 'outsideName' ),
			'outsideKey' => self::field( 'password', 'outsideKey', [ 'sensitive' => true ] ),
		];
	}
}
