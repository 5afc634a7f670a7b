<?php

namespace StepTest;

use MediaWiki\Auth\AuthenticationRequest;

/** Files of one JSON value per line, which tell the tests what happened. */
class Journal {

	/**
	 * @param string $phase "begin" or "continue"
	 * @param AuthenticationRequest[] $reqs The requests that loaded
	 */
	public static function received( string $phase, array $reqs ): void {
		$requests = [];
		foreach ( $reqs as $req ) {
			$fields = [];
			foreach ( $req->getFieldInfo() as $name => $info ) {
				if ( $info['type'] !== 'null' && isset( $req->$name ) ) {
					$fields[$name] = $req->$name;
				}
			}
			$requests[] = [ 'id' => $req->getUniqueId(), 'fields' => (object)$fields ];
		}
		self::append( 'received', [ 'phase' => $phase, 'requests' => $requests ] );
	}

	public static function append( string $name, array $entry ): void {
		$line = json_encode( $entry, JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE );
		file_put_contents( self::path( $name ), "$line\n", FILE_APPEND | LOCK_EX );
	}

	/** @return array Every entry, oldest first */
	public static function entries( string $name ): array {
		$path = self::path( $name );
		$lines = is_file( $path ) ? file( $path, FILE_IGNORE_NEW_LINES ) : [];
		return array_map( static fn ( $line ) => json_decode( $line, true ), $lines );
	}

	private static function path( string $name ): string {
		global $wgStepTestDirectory;
		return "$wgStepTestDirectory/$name.jsonl";
	}
}
