<?php

namespace StepTest;

use MediaWiki\Auth\AuthenticationRequest;

/** What the requests of this extension have in common. */
abstract class BaseRequest extends AuthenticationRequest {

	/** A stable id without a namespace: StepTest\CodeRequest is "StepTestCodeRequest". */
	public function getUniqueId() {
		return str_replace( '\\', '', static::class );
	}

	public function describeCredentials() {
		return [
			'provider' => wfMessage( 'steptest-provider' ),
			'account' => wfMessage( 'steptest-account' ),
		];
	}

	/**
	 * @param string $type
	 * @param string $name
	 * @param array $more Further properties of the field
	 * @return array
	 */
	protected static function field( string $type, string $name, array $more = [] ): array {
		return $more + [
			'type' => $type,
			'label' => wfMessage( "steptest-label-$name" ),
			'help' => wfMessage( 'steptest-help', $name ),
		];
	}

	protected static function codeField(): array {
		return self::field( 'string', 'code', [ 'sensitive' => true, 'help' => wfMessage( 'steptest-help-code' ) ] );
	}

	protected static function topicsField(): array {
		return self::field( 'multiselect', 'topics', [
			'optional' => true,
			'options' => [
				'art' => wfMessage( 'steptest-topic-art' ),
				'law' => wfMessage( 'steptest-topic-law' ),
				'a|b' => wfMessage( 'steptest-topic-either' ),
			],
		] );
	}
}
