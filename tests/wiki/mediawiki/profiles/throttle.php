<?php
$wgAccountCreationThrottle = [ [ 'count' => 3, 'seconds' => 86400 ] ];
