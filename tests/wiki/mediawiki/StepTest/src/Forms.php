<?php

namespace StepTest;

/** The forms of forms.json: requests of shapes that extensions give theirs, without code of their own. */
class Forms {

	/** @return array[] By name */
	public static function all(): array {
		return json_decode( file_get_contents( __DIR__ . '/../forms.json' ), true );
	}

	/**
	 * @param string $name
	 * @return FormRequest[]
	 */
	public static function requests( string $name ): array {
		return array_map( static fn ( $request ) => new FormRequest( $request ), self::all()[$name]['requests'] );
	}
}
