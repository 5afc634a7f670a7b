<?php

namespace StepTest;

class TopicsRequest extends BaseRequest {

	/** @var string[]|null */
	public $topics;

	/** @var bool|null */
	public $confirmTopics;

	public function getFieldInfo() {
		return [
			'topics' => self::topicsField(),
			'confirmTopics' => self::field( 'checkbox', 'confirmTopics', [ 'optional' => true ] ),
		];
	}
}
