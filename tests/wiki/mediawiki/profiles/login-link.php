<?php
$wgAuthManagerAutoConfig['primaryauth'][StepTest\LinkProvider::class] = [
	'class' => StepTest\LinkProvider::class,
	'sort' => 220,
];
