<?php

namespace StepTest;

class CodeRequest extends BaseRequest {

	/** @var string|null */
	public $code;

	public function getFieldInfo() {
		return [ 'code' => self::codeField() ];
	}
}
