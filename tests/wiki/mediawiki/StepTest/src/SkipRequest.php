<?php

namespace StepTest;

/** A button beside EverythingRequest. */
class SkipRequest extends BaseRequest {

	/** @var int */
	public $required = self::OPTIONAL;

	/** @var bool|null */
	public $skip;

	public function getFieldInfo() {
		return [ 'skip' => self::field( 'button', 'skip' ) ];
	}
}
