<?php

namespace StepTest;

/** One field of every type. */
class EverythingRequest extends BaseRequest {

	/** @var string|null */
	public $code;

	/** @var string|null */
	public $pin;

	/** @var string|null */
	public $note;

	/** @var string|null */
	public $color;

	/** @var string[]|null */
	public $topics;

	/** @var bool|null */
	public $agree;

	/** @var bool|null */
	public $news;

	/** @var string|null The ticket that came back */
	public $ticket;

	/** @var string The ticket that was handed out */
	public $issuedTicket;

	public function __construct() {
		$this->issuedTicket = 'T-' . bin2hex( random_bytes( 4 ) );
	}

	public function getFieldInfo() {
		return [
			'code' => self::codeField(),
			'pin' => self::field( 'password', 'pin', [ 'sensitive' => true ] ),
			'note' => self::field( 'string', 'note', [ 'optional' => true ] ),
			'color' => self::field( 'select', 'color', [
				'options' => [
					'red' => wfMessage( 'steptest-color-red' ),
					'green' => wfMessage( 'steptest-color-green' ),
					'1' => wfMessage( 'steptest-color-one' ),
				],
			] ),
			'topics' => self::topicsField(),
			'agree' => self::field( 'checkbox', 'agree' ),
			'news' => self::field( 'checkbox', 'news', [ 'optional' => true ] ),
			'ticket' => self::field( 'hidden', 'ticket', [ 'value' => $this->issuedTicket ] ),
			'info' => self::field( 'null', 'info', [ 'value' => 'Read this.' ] ),
		];
	}
}
