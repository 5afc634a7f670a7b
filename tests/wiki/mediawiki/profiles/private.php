<?php
$wgGroupPermissions['*']['read'] = false;
