<?php
$wgReadOnly = 'Maintenance until noon.';
