<?php
require __DIR__ . '/button.php';
$wgAuthManagerAutoConfig['primaryauth'][StepTest\ButtonProvider::class]['args'] = [ false ];
