<?php
// The line is in MediaWiki:Titleblacklist: see `install`.
wfLoadExtension( 'TitleBlacklist' );
