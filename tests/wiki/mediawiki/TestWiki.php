<?php

if ( !function_exists( 'flush' ) ) {
	/** Takes the place of PHP's function, which `serve` disables. See TestWiki::prepare(). */
	function flush() {
	}
}

/** The wiki of a request to the built-in server. */
class TestWiki {

	/** The folder of all wikis of this server: the variable TEST_WIKI_RUN */
	private string $run;

	private string $profiles;

	private string $instance;

	/** What is asked for, below the wiki's address */
	private string $path;

	/** @return self|null Null when the answer was given already: there is no such wiki */
	public static function ofRequest(): ?self {
		$path = rawurldecode( strtok( $_SERVER['REQUEST_URI'], '?' ) );
		if ( !preg_match( '!^/w/([a-z+-]+)/([a-z0-9-]+)/(.*)$!s', $path, $parts ) ) {
			self::notFound( 'Wikis are at /w/PROFILES/INSTANCE/, for instance /w/stock/1/api.php.' );
			return null;
		}
		$wiki = new self();
		[ , $wiki->profiles, $wiki->instance, $wiki->path ] = $parts;
		$wiki->run = getenv( 'TEST_WIKI_RUN' );
		foreach ( explode( '+', $wiki->profiles ) as $profile ) {
			if ( !is_file( __DIR__ . "/profiles/$profile.php" ) ) {
				self::notFound( "There is no profile \"$profile\" here." );
				return null;
			}
		}
		if ( !is_dir( $wiki->data() ) ) {
			$wiki->make();
		}
		return $wiki;
	}

	private static function notFound( string $text ): void {
		http_response_code( 404 );
		header( 'Content-Type: text/plain; charset=utf-8' );
		echo "$text\n";
	}

	/** The folder with the wiki's databases and journals */
	private function data(): string {
		return "$this->run/$this->profiles/$this->instance";
	}

	/** A wiki appears in one piece, also when several first requests come at once. */
	private function make(): void {
		$new = "$this->run/new-" . bin2hex( random_bytes( 8 ) );
		mkdir( $new );
		foreach ( [ 'common', ...explode( '+', $this->profiles ) ] as $template ) {
			foreach ( glob( getenv( 'TEST_WIKI_MADE' ) . "/templates/$template/*" ) as $file ) {
				copy( $file, "$new/" . basename( $file ) );
			}
		}
		@mkdir( dirname( $this->data() ) );
		if ( !@rename( $new, $this->data() ) ) {
			array_map( 'unlink', glob( "$new/*" ) );
			rmdir( $new );
		}
	}

	/** @return bool Whether this was a window into the wiki, and not a request to it */
	public function answersItself(): bool {
		switch ( $this->path ) {
			case '_users':
				self::json( $this->users() );
				return true;
			case '_received':
			case '_requests':
			case '_mails':
				self::json( $this->journal( substr( $this->path, 1 ) ) );
				return true;
			case '_links':
				$links = array_column( $this->journal( 'links' ), 'user', 'outside' );
				self::json( (object)$links );
				return true;
			case '_captcha':
				$answers = array_column( $this->journal( 'captchas' ), 'answer', 'id' );
				self::json( [ 'answer' => $answers[$_GET['id'] ?? ''] ?? null ] );
				return true;
			case '_captcha_on':
				touch( "{$this->data()}/captcha-on" );
				self::json( (object)[] );
				return true;
			case '_release':
				touch( "{$this->data()}/released" );
				self::json( (object)[] );
				return true;
			case '_forget':
				$this->database( 'wikicache' )->exec( "DELETE FROM objectcache WHERE keyname LIKE '%MWSession%'" );
				self::json( (object)[] );
				return true;
			case '_third':
				self::answerAsThirdParty();
				return true;
		}
		if ( !preg_match( '!^(api|index|load)\.php(/|$)!', $this->path ) ) {
			self::notFound( "There is no \"$this->path\" here." );
			return true;
		}
		return false;
	}

	/** @param mixed $value */
	private static function json( $value ): void {
		header( 'Content-Type: application/json' );
		echo json_encode( $value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE );
	}

	private function database( string $name ): PDO {
		return new PDO( "sqlite:{$this->data()}/$name.sqlite" );
	}

	/** Everyone but the users that MediaWiki makes for itself, which nobody can log in as. */
	private function users(): array {
		$rows = $this->database( 'wiki' )->query(
			'SELECT user_name AS name, user_email AS email, user_real_name AS realname, user_password AS password
			FROM user WHERE user_token NOT LIKE "*** INVALID ***%" ORDER BY user_id',
			PDO::FETCH_ASSOC
		);
		return array_map(
			static fn ( $row ) => array_replace( $row, [ 'password' => $row['password'] !== '' ] ),
			iterator_to_array( $rows )
		);
	}

	private function journal( string $name ): array {
		$file = "{$this->data()}/$name.jsonl";
		$lines = is_file( $file ) ? file( $file, FILE_IGNORE_NEW_LINES ) : [];
		return array_map( 'json_decode', $lines );
	}

	private static function answerAsThirdParty(): void {
		$url = $_GET['return'] ?? '';
		$gift = [
			'code' => 'third-party-code',
			'state' => $_GET['state'] ?? '',
			'createtoken' => 'evil',
			'action' => 'evil',
		];
		if ( ( $_GET['method'] ?? '' ) !== 'post' ) {
			header( 'Location: ' . $url . ( str_contains( $url, '?' ) ? '&' : '?' ) . http_build_query( $gift ), true, 302 );
			return;
		}
		header( 'Content-Type: text/html; charset=utf-8' );
		echo '<!DOCTYPE html><form method="post" action="' . htmlspecialchars( $url ) . '">';
		foreach ( $gift as $name => $value ) {
			echo "<input type=\"hidden\" name=\"$name\" value=\"" . htmlspecialchars( $value ) . '">';
		}
		echo '<button>Go back</button></form>';
	}

	public function record(): void {
		$entry = [
			'method' => $_SERVER['REQUEST_METHOD'],
			'path' => $this->path,
			'query' => $_SERVER['QUERY_STRING'] ?? '',
			'body' => file_get_contents( 'php://input' ),
			'headers' => (object)array_change_key_case( getallheaders() ),
		];
		$line = json_encode( $entry, JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE );
		file_put_contents( "{$this->data()}/requests.jsonl", "$line\n", FILE_APPEND | LOCK_EX );
	}

	/** Makes the request look as it would below a web server that knows this wiki. */
	public function prepare(): void {
		[ $script, $pathInfo ] = explode( '/', $this->path, 2 ) + [ 1 => null ];
		$base = "/w/$this->profiles/$this->instance";
		$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = "$base/$script";
		$_SERVER['SCRIPT_FILENAME'] = $this->script();
		unset( $_SERVER['PATH_INFO'] );
		if ( $pathInfo !== null ) {
			$_SERVER['PATH_INFO'] = "/$pathInfo";
		}
		$_SERVER['TEST_WIKI_PROFILES'] = $this->profiles;
		$_SERVER['TEST_WIKI_SERVER'] = "http://{$_SERVER['HTTP_HOST']}";
		$_SERVER['TEST_WIKI_PATH'] = $base;
		$_SERVER['TEST_WIKI_DATA'] = $this->data();
		$_SERVER['TEST_WIKI_MADE'] = getenv( 'TEST_WIKI_MADE' );
		chdir( dirname( $this->script() ) );
		// Nothing leaves before all is done, also not by flush(): with an answer, its mails are there to be looked at
		ob_start( static function ( $answer ) {
			header( 'Content-Length: ' . strlen( $answer ) );
			return $answer;
		}, 0, 0 );
	}

	/** The script of MediaWiki that answers */
	public function script(): string {
		return getenv( 'TEST_WIKI_HOME' ) . '/mediawiki/' . strtok( $this->path, '/' );
	}
}
